using System.Text.RegularExpressions;
using Campaigns.Api.Http;
using Campaigns.Db.Staff;

namespace Campaigns.Api.Endpoints.Staff;

/// <summary>Reads a filter of the audit trail. An empty field counts as not given.</summary>
internal static partial class AuditRequest
{
    /// <summary>The <c>member</c> for lines of the command line.</summary>
    public const string Operator = "operator";

    /// <summary>The <c>order</c> that begins with the newest line.</summary>
    public const string Newest = "newest";

    private const string Oldest = "oldest";

    /// <summary>A page of the lines that a filter lets through.</summary>
    public static ListView<AuditEntry> Page(ListRequest list, AuditFilter filter, AuditStore audit) =>
        list.Page(
            audit.List(filter, list.After, list.Rows),
            entry => Ids.TryParse(entry.Id, out var id) ? id : 0,
            entry => entry
        );

    public static Outcome<AuditFilter> Read(HttpRequest request)
    {
        var errors = new FieldErrors();
        var filter = new AuditFilter
        {
            StaffId = ReadMember(),
            OfOperator = Field("member") == Operator,
            Action = Matching("action", Action(), "This must be an action such as packet.download."),
            Campaign = Field("campaign") is { } slug && CampaignFields.SlugProblem(slug) is { } problem
                ? Wrong("campaign", problem)
                : Field("campaign"),
            From = ReadInstant("from", DayOrInstant.ParseFrom),
            Before = ReadInstant("to", DayOrInstant.ParseTo),
            Search = Matching(
                "search",
                Words(),
                "This must be at most 60 letters, digits, spaces and the characters . : _ -"
            ),
            NewestFirst = Field("order") switch
            {
                null or Oldest => false,
                Newest => true,
                _ => Wrong("order", $"This must be {Oldest} or {Newest}.") is not null,
            },
        };
        return errors.ToRefusal() is { } refusal ? refusal : filter;

        string? Field(string name) => (string?)request.Query[name] is { Length: > 0 } value ? value : null;

        string? Wrong(string name, string sentence)
        {
            errors.Add(name, sentence);
            return null;
        }

        string? Matching(string name, Regex pattern, string sentence) =>
            Field(name) is { } value && !pattern.IsMatch(value) ? Wrong(name, sentence) : Field(name);

        long? ReadMember()
        {
            if (Field("member") is not { } member || member == Operator)
                return null;
            if (Ids.TryParse(member, out var id))
                return id;
            Wrong("member", $"This must be the id of a member, or {Operator}.");
            return null;
        }

        DateTimeOffset? ReadInstant(string name, Func<string, DateTimeOffset?> parse)
        {
            if (Field(name) is not { } typed)
                return null;
            if (parse(typed) is { } instant)
                return instant;
            Wrong(name, DayOrInstant.Sentence);
            return null;
        }
    }

    [GeneratedRegex(@"^[a-z-]{1,30}\.[a-z-]{1,30}\z")]
    private static partial Regex Action();

    // Ids and fixed words. The trail holds no addresses and no names of signers, and none belong in an address line.
    [GeneratedRegex(@"^[A-Za-z0-9 .:_-]{1,60}\z")]
    private static partial Regex Words();
}
