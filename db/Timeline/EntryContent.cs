using System.Text.Encodings.Web;
using System.Text.Json;
using Campaigns.Timeline;

namespace Campaigns.Db.Timeline;

/// <summary>The words, figures and sources of an entry as one JSON object.</summary>
internal static class EntryContent
{
    // The text goes into a column and never into a page.
    private static readonly JsonSerializerOptions _options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The content without its day, which has a column of its own.</summary>
    public static string Write(EntryDraft draft)
    {
        var undated = draft with { On = null };
        return JsonSerializer.Serialize(undated, undated.GetType(), _options);
    }

    public static EntryDraft Read(string kind, string content, DateOnly? on)
    {
        EntryDraft? draft = kind switch
        {
            TimelineKind.Update => JsonSerializer.Deserialize<UpdateDraft>(content, _options),
            TimelineKind.Development => JsonSerializer.Deserialize<DevelopmentDraft>(content, _options),
            TimelineKind.Event => JsonSerializer.Deserialize<EventDraft>(content, _options),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
        return draft! with { On = on };
    }
}
