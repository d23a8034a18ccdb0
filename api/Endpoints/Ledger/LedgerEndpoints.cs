using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Campaigns.Api.Endpoints.Campaigns;
using Campaigns.Api.Http;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Keys;
using Campaigns.Db.Ledger;

namespace Campaigns.Api.Endpoints.Ledger;

/// <summary>
/// The public ledger: all that the public needs to recompute and verify the count.
/// </summary>
internal static class LedgerEndpoints
{
    private const string Lines = "application/x-ndjson";

    public static void MapLedger(this IEndpointRouteBuilder routes)
    {
        var ledger = routes.MapGroup("/api/campaigns/{slug}/ledger").RequireCors(CampaignCorsPolicyProvider.Any);
        ledger
            .MapGet("/head", ShowHeadAsync)
            .Describe("getLedgerHead", Tag.Ledger, "Shows the newest signed head, or the one of a size.")
            .Parameter("size", "The size of a signed head; the newest without it.", 1_230)
            .ProducesJson(LedgerExamples.Head)
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblems(Refusal.Invalid, Refusal.NoSuchCampaign, Refusal.NotFound);
        ledger
            .MapGet("", ShowLinesAsync)
            .Describe("getLedgerLines", Tag.Ledger, "Streams the lines of the ledger, one JSON object a line.")
            .Parameter("from", "The number of the first line, 0 by default.", 0)
            .Parameter("to", "The number after the last line; the size of the newest head by default.", 100)
            .ProducesText<LedgerLineView>(Lines, LedgerExamples.Lines)
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblems(Refusal.Invalid, Refusal.NoSuchCampaign);
        ledger
            .MapGet("/entries/{n}/proof", ShowProofAsync)
            .Describe("getLedgerProof", Tag.Ledger, "Proves that a line is in the ledger of a size (RFC 6962).")
            .Parameter("n", "The number of the line.", 17)
            .Parameter("size", "The size of the ledger; that of the newest head by default.", 1_230)
            .ProducesJson(LedgerExamples.Proof)
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblems(Refusal.Invalid, Refusal.NoSuchCampaign, Refusal.NotFound);
        routes
            .MapGet("/api/keys", ShowKeys)
            .RequireCors(CampaignCorsPolicyProvider.Any)
            .Describe("getKeys", Tag.Ledger, "Lists the public keys that verify heads and manifests (RFC 7517).")
            .ProducesJson(LedgerExamples.Keys);
    }

    private static async Task<IResult> ShowHeadAsync(
        string slug,
        string? size,
        HttpContext context,
        CampaignStore campaigns,
        LedgerStore ledger,
        TreeHeadCache heads
    )
    {
        if (await campaigns.FindPublicAsync(slug) is not { } campaign)
            return Refusal.NoSuchCampaign.ToProblem();
        if (Number("size", size) is { Refusal: { } wrong })
            return wrong.ToProblem();
        if (Number("size", size).Value is not { } asked)
            return await heads.NewestAsync(campaign.Id);
        if (ledger.FindHead(campaign.Id, asked) is not { } head)
            return Refusal.NotFound.ToProblem();
        return context.MatchesETag(new EntityTag(TreeHeadCache.TagOf(head)), immutable: true)
            ? Caching.NotModified()
            : TypedResults.Ok(HeadView.From(head));
    }

    private static async Task<IResult> ShowLinesAsync(
        string slug,
        string? from,
        string? to,
        HttpContext context,
        CampaignStore campaigns,
        LedgerStore ledger
    )
    {
        if (await campaigns.FindPublicAsync(slug) is not { } campaign)
            return Refusal.NoSuchCampaign.ToProblem();
        if (Number("from", from) is { Refusal: { } wrongFrom })
            return wrongFrom.ToProblem();
        if (Number("to", to) is { Refusal: { } wrongTo })
            return wrongTo.ToProblem();
        var size = (await ledger.GetHeadAsync(campaign.Id)).Size;
        var first = Number("from", from).Value ?? 0;
        var asked = Number("to", to).Value;
        var end = Math.Min(asked ?? size, size);
        // With the root, because a restored ledger may have other lines with the same numbers.
        var root = await ledger.RootAtAsync(campaign.Id, end);
        return context.MatchesETag(
            new EntityTag(FormattableString.Invariant($"{first}-{end}-{root[..16]}")),
            immutable: asked <= size
        )
            ? Caching.NotModified()
            : TypedResults.Stream(
                body =>
                    HttpMethods.IsHead(context.Request.Method)
                        ? Task.CompletedTask
                        : WriteLinesAsync(body, ledger, campaign.Id, first, end, context.RequestAborted),
                Lines
            );
    }

    private static async Task<IResult> ShowProofAsync(
        string slug,
        string n,
        string? size,
        HttpContext context,
        CampaignStore campaigns,
        LedgerStore ledger
    )
    {
        if (await campaigns.FindPublicAsync(slug) is not { } campaign)
            return Refusal.NoSuchCampaign.ToProblem();
        if (Number("n", n) is { Refusal: { } wrongN })
            return wrongN.ToProblem();
        if (Number("size", size) is { Refusal: { } wrongSize })
            return wrongSize.ToProblem();
        var head = (await ledger.GetHeadAsync(campaign.Id)).Size;
        var entry = Number("n", n).Value!.Value;
        var tree = Number("size", size).Value ?? head;
        if (tree > head || entry >= tree)
            return Refusal.NotFound.ToProblem();
        var root = await ledger.RootAtAsync(campaign.Id, tree);
        if (
            context.MatchesETag(
                new EntityTag(FormattableString.Invariant($"{entry}-{tree}-{root[..16]}")),
                immutable: size is not null
            )
        )
            return Caching.NotModified();
        var proof = ledger.GetProof(campaign.Id, entry, tree);
        return TypedResults.Ok(new ProofView(proof.N, proof.Size, proof.LeafHash, proof.Path));
    }

    /// <summary>
    /// All signing keys, old ones included, so that old heads and manifests can be verified.
    /// </summary>
    private static IResult ShowKeys(HttpContext context, KeyRing keys)
    {
        context.Response.Headers.CacheControl = "public, max-age=300";
        return TypedResults.Bytes(PublishedKeys.From(keys).ToJson(), "application/json");
    }

    /// <summary>
    /// Writes page by page, so that a large ledger and a slow client need no more memory than a
    /// page and no long read transaction.
    /// </summary>
    private static async Task WriteLinesAsync(
        Stream body,
        LedgerStore ledger,
        long campaignId,
        long from,
        long to,
        CancellationToken aborted
    )
    {
        var writer = PipeWriter.Create(body, new StreamPipeWriterOptions(leaveOpen: true));
        while (from < to)
        {
            var lines = ledger.ReadLines(campaignId, from, to);
            foreach (var line in lines)
            {
                Encoding.UTF8.GetBytes(line, writer);
                writer.Write("\n"u8);
            }
            if ((await writer.FlushAsync(aborted)).IsCompleted || lines.Count == 0)
                return;
            from += lines.Count;
        }
        await writer.CompleteAsync();
    }

    /// <summary>Parses a number of the address; null without one.</summary>
    private static (long? Value, Refusal? Refusal) Number(string name, string? text)
    {
        if (text is null)
            return (null, null);
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? (number, null)
            : (null, Refusal.Validation(name, "This must be a whole number, 0 or more."));
    }
}
