using System.Globalization;
using System.Text.Json;

namespace Campaigns.Db.Files;

/// <summary>
/// The lines of the journal: JSON with ids and public heads only, without a line end.
/// </summary>
internal static class JournalLine
{
    private const string Head = "head";

    // The name of the field is from when only members were revoked.
    private const string Revoked = "staff";

    private const string Erased = "id";

    private const string Subscriber = "subscriber";

    public static string Write(JournalEntry entry)
    {
        var (at, kind, campaign, signature) = entry;
        var time = Instant.Text(at);
        var links = entry.Generation is { } number
            ? string.Create(CultureInfo.InvariantCulture, $",\"generation\":{number}")
            : "";
        var bulk = entry.Invalidation is { } invalidation
            ? string.Create(CultureInfo.InvariantCulture, $",\"invalidation\":\"{invalidation}\"")
            : "";
        var more = links + bulk;
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"at":"{{time}}","type":"{{kind}}","campaign":"{{campaign}}","signature":"{{signature}}"{{more}}}"""
        );
    }

    public static string Write(JournalHead head, DateTimeOffset at)
    {
        var (time, campaign, size, root) = (Instant.Text(at), head.CampaignId, head.Size, head.Root);
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"at":"{{time}}","type":"{{Head}}","campaign":"{{campaign}}","size":{{size}},"root":"{{root}}"}"""
        );
    }

    public static string Write(JournalRevocation revocation) =>
        Write(revocation.At, revocation.Kind, Revoked, revocation.Id);

    public static string Write(JournalErasure erasure) => Write(erasure.At, erasure.Kind, Erased, erasure.Id);

    public static string Write(JournalUnsubscription ended)
    {
        var (at, campaign, subscriber) = ended;
        var (time, kind) = (Instant.Text(at), JournalUnsubscription.Kind);
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"at":"{{time}}","type":"{{kind}}","campaign":"{{campaign}}","{{Subscriber}}":"{{subscriber}}"}"""
        );
    }

    public static string Write(JournalSentUpdate sent)
    {
        var (at, update, subscriber) = sent;
        var (time, kind) = (Instant.Text(at), JournalSentUpdate.Kind);
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"at":"{{time}}","type":"{{kind}}","update":"{{update}}","{{Subscriber}}":"{{subscriber}}"}"""
        );
    }

    private static string Write(DateTimeOffset at, string kind, string field, long id) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"at":"{{Instant.Text(at)}}","type":"{{kind}}","{{field}}":"{{id}}"}"""
        );

    /// <summary>Reads lines, file by file; an empty line says nothing.</summary>
    public static JournalReplay Read(IEnumerable<string> lines)
    {
        List<JournalEntry> entries = [];
        List<JournalHead> heads = [];
        List<JournalRevocation> revocations = [];
        List<JournalErasure> erasures = [];
        List<JournalUnsubscription> unsubscriptions = [];
        List<JournalSentUpdate> sent = [];
        var unreadable = 0;
        foreach (var line in lines.Where(line => line.Length > 0))
        {
            switch (Parse(line))
            {
                case JournalEntry entry:
                    entries.Add(entry);
                    break;
                case JournalHead head:
                    heads.Add(head);
                    break;
                case JournalRevocation revocation:
                    revocations.Add(revocation);
                    break;
                case JournalErasure erasure:
                    erasures.Add(erasure);
                    break;
                case JournalUnsubscription ended:
                    unsubscriptions.Add(ended);
                    break;
                case JournalSentUpdate letter:
                    sent.Add(letter);
                    break;
                default:
                    unreadable++;
                    break;
            }
        }
        return new JournalReplay(entries, heads, revocations, erasures, unsubscriptions, sent, unreadable);
    }

    private static object? Parse(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var json = document.RootElement;
            var kind = json.GetProperty("type").GetString()!;
            DateTimeOffset? at = Instant.TryParse(json.GetProperty("at").GetString()!, out var time) ? time : null;
            if (kind == Head)
                return new JournalHead
                {
                    CampaignId = Id(json, "campaign"),
                    Size = json.GetProperty("size").GetInt64(),
                    Root = json.GetProperty("root").GetString()!,
                    At = at,
                };
            if (at is not { } dated)
                return null;
            if (kind == JournalUnsubscription.Kind)
                return new JournalUnsubscription(dated, Id(json, "campaign"), Id(json, Subscriber));
            if (kind == JournalSentUpdate.Kind)
                return new JournalSentUpdate(dated, Id(json, "update"), Id(json, Subscriber));
            if (JournalErasure.Kinds.Contains(kind))
                return new JournalErasure(dated, kind, Id(json, Erased));
            return JournalRevocation.Kinds.Contains(kind)
                ? new JournalRevocation(dated, kind, Id(json, Revoked))
                : new JournalEntry(dated, kind, Id(json, "campaign"), Id(json, "signature"))
                {
                    Generation = json.TryGetProperty("generation", out var number) ? number.GetInt64() : null,
                    Invalidation = json.TryGetProperty("invalidation", out _) ? Id(json, "invalidation") : null,
                };
        }
        catch (Exception error) when (JsonFailure.IsMalformed(error))
        {
            return null;
        }
    }

    private static long Id(JsonElement json, string name) =>
        long.Parse(json.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);
}
