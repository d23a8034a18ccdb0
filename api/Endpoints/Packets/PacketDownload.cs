using System.Security.Cryptography;
using Campaigns.Api.Http;
using Campaigns.Db.Packets;
using Campaigns.Packets;

namespace Campaigns.Api.Endpoints.Packets;

/// <summary>
/// Sends the ZIP of a packet, or a range of it. A damaged file makes the packet failed, with
/// <c>storage</c> as its failure.
/// </summary>
internal sealed class PacketDownload(PacketStore packets, ILogger<PacketDownload> log)
{
    private const string MediaType = "application/zip";

    /// <summary>
    /// The file, opened. A file that cannot be read just now, such as on a folder that is not
    /// mounted, changes nothing.
    /// </summary>
    public async Task<Outcome<PacketContent>> OpenAsync(Packet packet)
    {
        try
        {
            return packets.OpenFile(packet.Id) is { } content ? content : GoneRefusal(packets.Find(packet.Id));
        }
        catch (CryptographicException)
        {
            await FailAsync(packet);
            return Refusal.PacketNotReady;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            log.LogError(
                ApiEvents.PacketDamaged,
                "The file of packet {Packet} cannot be read ({Exception})",
                packet.Id,
                error.GetType().Name
            );
            return Refusal.Overloaded;
        }
    }

    /// <summary>Sends the file under that name.</summary>
    public IResult Send(Packet packet, PacketContent content, string name) => new Result(this, packet, content, name);

    // The packet may have become stale, or may be built again, since its row was read. A ready packet whose file is
    // missing is not ready either: staff rebuild it.
    private static Refusal GoneRefusal(Packet? packet) =>
        packet is null
            ? Refusal.NotFound
            : PacketLifecycle.Find(packet.Status, PacketAct.Download).Refusal ?? Refusal.PacketNotReady;

    private async Task FailAsync(Packet packet)
    {
        log.LogError(ApiEvents.PacketDamaged, "The file of packet {Packet} is damaged", packet.Id);
        await packets.MarkDamagedAsync(packet);
    }

    private sealed class Result(PacketDownload download, Packet packet, PacketContent content, string name) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            await using var stream = content.Stream;
            var tag = new EntityTag(content.Build);
            var request = httpContext.Request;
            if (!tag.IsExpected(request))
            {
                await Refusal.ChangedMeanwhile.ToProblem().ExecuteAsync(httpContext);
                return;
            }
            if (!Ranges.AreAsked(request, tag))
                request.Headers.Remove("Range");
            try
            {
                await TypedResults
                    .File(stream, MediaType, name, entityTag: tag.Parsed, enableRangeProcessing: true)
                    .ExecuteAsync(httpContext);
            }
            catch (CryptographicException)
            {
                await download.FailAsync(packet);
                if (httpContext.Response.HasStarted)
                {
                    // An aborted download is not taken for a complete one.
                    httpContext.Abort();
                    return;
                }
                httpContext.Response.Clear();
                await Refusal.PacketNotReady.ToProblem().ExecuteAsync(httpContext);
            }
        }
    }
}
