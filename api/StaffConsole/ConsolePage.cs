using Campaigns.Api.Http.Access;
using Campaigns.Api.Pages;
using Campaigns.Db.Staff;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace Campaigns.Api.StaffConsole;

/// <summary>
/// The base of the screens. A text comes from the screen's own files, then from those that all
/// screens share, then from those of the public pages.
/// </summary>
/// <typeparam name="TTexts">Names the screen's resource files.</typeparam>
public abstract class ConsolePage<TTexts> : PageBase
{
    [Inject]
    public IStringLocalizer<TTexts> Own { get; set; } = null!;

    [Inject]
    public IStringLocalizer<ConsoleTexts> Shared { get; set; } = null!;

    /// <summary>The member who looks at the screen.</summary>
    protected StaffMember Member => Http.Member();

    protected override string Say(string key, params object[] arguments) =>
        Own[key, arguments] is { ResourceNotFound: false } own ? own.Value
        : Shared[key, arguments] is { ResourceNotFound: false } shared ? shared.Value
        : base.Say(key, arguments);

    /// <summary>A length of time in its largest unit: <c>3 hours</c>.</summary>
    protected string Span(TimeSpan span) =>
        span switch
        {
            { TotalDays: >= 1 } => Count("Span.Days", (long)span.TotalDays),
            { TotalHours: >= 1 } => Count("Span.Hours", (long)span.TotalHours),
            { TotalMinutes: >= 1 } => Count("Span.Minutes", (long)span.TotalMinutes),
            _ => Count("Span.Seconds", (long)span.TotalSeconds),
        };

    /// <summary>How long ago an instant was: <c>3 hours ago</c>.</summary>
    protected string Age(DateTimeOffset instant, DateTimeOffset now) => Say("Age", Span(now - instant));

    /// <summary>The reason of a hold in words; one without words as it is.</summary>
    protected string HoldReason(string reason) => Known("Hold.", reason);

    /// <summary>The name of a mail provider.</summary>
    protected string ProviderName(string provider) => Known("Provider.", provider);

    /// <summary>A number that is hidden where it is small.</summary>
    protected string Shown(long? number) => number is { } known ? Number(known) : Say("Few");

    /// <summary>What is wrong with the fields of a refused form, by field.</summary>
    protected IReadOnlyList<KeyValuePair<string, string>> WrongFields(Refusal? refusal) =>
        [
            .. (refusal?.Errors?.Keys ?? [])
                .Select(path => path.Split('.')[^1].Split('[')[0])
                .Distinct()
                .Select(field => new KeyValuePair<string, string>(field, Say("Error." + field))),
        ];

    private string Known(string prefix, string word) =>
        Shared[prefix + word] is { ResourceNotFound: false } text ? text.Value : word;

    /// <summary>True if the member has one of the roles, or is an administrator.</summary>
    protected bool Has(params string[] roles) => Member.Role == Role.Administrator || roles.Contains(Member.Role);
}
