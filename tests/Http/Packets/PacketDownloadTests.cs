using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Db;
using Campaigns.Db.Files;
using Campaigns.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Tests.Http.Packets;

/// <summary>Resumed downloads, and files that are damaged.</summary>
public sealed class PacketDownloadTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const int Chunk = 64 * 1024;

    [Fact]
    public async Task Resumed_download_never_joins_two_builds()
    {
        var address = await BuildAsync("resumed@example.org");
        var first = await CampaignServer.Expect(200, await shared.Staff.GetAsync(address + "/file"));
        var zip = await first.Content.ReadAsByteArrayAsync();
        var tag = first.Headers.ETag!;
        Assert.False(tag.IsWeak);
        Assert.Equal("bytes", Assert.Single(first.Headers.AcceptRanges));

        var part = await CampaignServer.Expect(206, await RangeAsync(address, "bytes=100-", tag.Tag));
        Assert.Equal(tag, part.Headers.ETag);
        Assert.Equal(zip[100..], await part.Content.ReadAsByteArrayAsync());

        await CampaignServer.Expect(202, await shared.Staff.PostAsync(address + "/rebuild", null));
        await ReadyAsync(address);
        var whole = await CampaignServer.Expect(200, await RangeAsync(address, "bytes=100-", tag.Tag));
        Assert.NotEqual(tag, whole.Headers.ETag);
        await CampaignServer.Expect(206, await RangeAsync(address, "bytes=100-", whole.Headers.ETag!.Tag));

        using var known = new HttpRequestMessage(HttpMethod.Get, address + "/file");
        known.Headers.IfNoneMatch.Add(whole.Headers.ETag);
        await CampaignServer.Expect(304, await shared.Staff.SendAsync(known));
        using var old = new HttpRequestMessage(HttpMethod.Get, address + "/file");
        old.Headers.IfMatch.Add(tag);
        await (await shared.Staff.SendAsync(old)).ProblemAsync(412, "changed-meanwhile");
    }

    [Fact]
    public async Task Range_is_sent_only_for_bytes_of_the_named_version()
    {
        var address = await BuildAsync("ranges@example.org");
        var tag = (await shared.Staff.GetAsync(address + "/file")).Headers.ETag!.Tag;
        foreach (
            var (range, condition, status) in ((string, string?, int)[])
                [
                    ("bytes=0-9", null, 206),
                    ("BYTES=0-9", null, 206),
                    ("bytes=-5", tag, 206),
                    ("bytes=999999999-", null, 416),
                    ("items=0-9", null, 200),
                    ("lines=999999999-", null, 200),
                    ("nonsense", null, 200),
                    ("bytes=0-1,5-6", null, 200),
                    ("bytes=0-9", "\"other\"", 200),
                    ("bytes=0-9", "W/" + tag, 200),
                    ("bytes=0-9", "Fri, 17 May 2099 09:00:00 GMT", 200),
                    ("bytes=0-9", "nonsense", 200),
                ]
        )
        {
            var answer = await RangeAsync(address, range, condition);
            Assert.True(status == (int)answer.StatusCode, $"{range} {condition}: {(int)answer.StatusCode}");
        }
        using var head = new HttpRequestMessage(HttpMethod.Head, address + "/file");
        head.Headers.Range = new RangeHeaderValue(0, 9);
        var whole = await CampaignServer.Expect(200, await shared.Staff.SendAsync(head));
        Assert.Equal(tag, whole.Headers.ETag!.Tag);
    }

    [Theory]
    [InlineData("truncated")]
    [InlineData("empty")]
    [InlineData("changed")]
    public async Task Damaged_file_makes_the_packet_failed_and_staff_build_it_again(string damage)
    {
        var address = await BuildAsync($"{damage}@example.org");
        var file = FileOf(address);
        var bytes = await File.ReadAllBytesAsync(file);
        await File.WriteAllBytesAsync(
            file,
            damage switch
            {
                "truncated" => bytes[..(bytes.Length / 2)],
                "empty" => [],
                _ => [.. bytes[..^1], (byte)(bytes[^1] ^ 1)],
            }
        );

        await (await shared.Staff.GetAsync(address + "/file")).ProblemAsync(409, "packet-not-ready");
        await AssertFailedAsync(address);
        await (await shared.Staff.GetAsync(address + "/file")).ProblemAsync(409, "packet-not-ready");
        await CampaignServer.Expect(202, await shared.Staff.PostAsync(address + "/rebuild", null));
        await ReadyAsync(address);
        await CampaignServer.Expect(200, await shared.Staff.GetAsync(address + "/file"));
    }

    [Fact]
    public async Task Damage_that_is_found_while_sending_ends_the_download_and_fails_the_packet()
    {
        var address = await BuildAsync("middle@example.org");
        var file = FileOf(address);
        await ReplaceAsync(address, file, new byte[10 * Chunk]);
        var bytes = await File.ReadAllBytesAsync(file);
        // The last chunk is checked when the file is opened, and the first before the answer begins.
        bytes[5 * Chunk] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);

        await Assert.ThrowsAnyAsync<Exception>(() => shared.Staff.GetByteArrayAsync(address + "/file"));
        await AssertFailedAsync(address);
    }

    // The packet of one signer has one chunk only.
    private async Task ReplaceAsync(string address, string file, byte[] content)
    {
        var id = long.Parse(address.Split('/')[^1], CultureInfo.InvariantCulture);
        var stored = shared.Server.Query<byte[]>("SELECT file_key FROM packets WHERE id = @id", new { id });
        var keys = shared.Server.Services.GetRequiredService<Database>().Keys;
        File.Delete(file);
        await using var packet = EncryptedFile.Create(file, keys.Encryptor.Decrypt("packets", "file_key", id, stored));
        packet.Write(content);
        packet.Complete();
    }

    [Fact]
    public async Task File_that_cannot_be_read_just_now_is_503_and_the_packet_stays_ready()
    {
        var address = await BuildAsync("unreadable@example.org");
        var file = FileOf(address);
        File.Move(file, file + ".away");
        await (await shared.Staff.GetAsync(address + "/file")).ProblemAsync(409, "packet-not-ready");
        Directory.CreateDirectory(file);
        var answer = await shared.Staff.GetAsync(address + "/file");
        await answer.ProblemAsync(503, "overloaded");
        Assert.NotNull(answer.Headers.RetryAfter);
        Directory.Delete(file);
        File.Move(file + ".away", file);
        await CampaignServer.Expect(200, await shared.Staff.GetAsync(address + "/file"));
    }

    private async Task<string> BuildAsync(string email)
    {
        await shared.Server.SignAndConfirmAsync(shared.Slug, CampaignServer.Signature(email, country: "GB"));
        var answer = await CampaignServer.Expect(
            202,
            await shared.Staff.PostAsJsonAsync(
                $"/api/staff/campaigns/{shared.Slug}/packets",
                new { recipient = "embassy-london", disclosure = "name" }
            )
        );
        var address = answer.Headers.Location!.ToString();
        await PacketOrders.ApproveAsync(shared.Server, address.Split('/')[^1]);
        await ReadyAsync(address);
        return address;
    }

    private async Task ReadyAsync(string address) =>
        await CampaignServer.UntilAsync(
            async () => (string?)(await ShowAsync(address))["status"] == "ready",
            "the packet is not ready"
        );

    private async Task AssertFailedAsync(string address)
    {
        var packet = await ShowAsync(address);
        Assert.Equal(("failed", "storage"), ((string?)packet["status"], (string?)packet["failure"]));
    }

    private async Task<JsonObject> ShowAsync(string address) =>
        await (await shared.Staff.GetAsync(address)).BodyAsync();

    // The file of the newest build; the files of older builds are swept later.
    private string FileOf(string address) =>
        Directory
            .EnumerateFiles(Path.Combine(shared.Server.Folder, "packets"), $"{address.Split('/')[^1]}-*.packet")
            .MaxBy(file =>
                int.Parse(Path.GetFileNameWithoutExtension(file).Split('-')[1], CultureInfo.InvariantCulture)
            )!;

    private Task<HttpResponseMessage> RangeAsync(string address, string range, string? condition)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address + "/file");
        request.Headers.TryAddWithoutValidation("Range", range);
        if (condition is not null)
            request.Headers.TryAddWithoutValidation("If-Range", condition);
        return shared.Staff.SendAsync(request);
    }
}
