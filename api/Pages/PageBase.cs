using System.Globalization;
using Campaigns.Api.Pages.Embed;
using Campaigns.Signatures;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace Campaigns.Api.Pages;

/// <summary>
/// The base of all pages and parts: texts, numbers, dates and country names in the reader's
/// language.
/// </summary>
public abstract class PageBase : ComponentBase
{
    [Inject]
    public IStringLocalizer<PageTexts> Texts { get; set; } = null!;

    [CascadingParameter]
    public HttpContext Http { get; set; } = null!;

    /// <summary>True in a frame of another site, from which links lead out.</summary>
    protected bool IsEmbedded => EmbeddedPage.Of(Http) is not null;

    /// <summary>The target of a link to a page that a frame may not show.</summary>
    protected string? OutOfFrame => IsEmbedded ? "_blank" : null;

    /// <summary>The page of a campaign, or its frame inside of one.</summary>
    protected string PageOf(Campaign campaign) => $"{(IsEmbedded ? EmbeddedPage.Path : "/c")}/{campaign.Slug}";

    protected static string Locale => PageLanguage.Current;

    private static CultureInfo Culture => CultureInfo.GetCultureInfo(Locale);

    /// <summary>A text of the page in the reader's language.</summary>
    protected virtual string Say(string key, params object[] arguments) => Texts[key, arguments].Value;

    /// <summary>
    /// The <c>.One</c> or <c>.Many</c> form of a sentence, with the formatted number as its first
    /// argument.
    /// </summary>
    protected string Count(string key, long count) => Say(count == 1 ? key + ".One" : key + ".Many", Number(count));

    /// <summary>
    /// What is wrong with a typed field: the sentence of the cause with the field's label, or the
    /// field's own sentence where that says all.
    /// </summary>
    protected string Problem(InputProblem cause, string field) =>
        Texts["Error.Cause." + cause, Label(field)] is { ResourceNotFound: false } sentence
            ? sentence.Value
            : Say("Error." + field);

    /// <summary>What is wrong with a field of a form that is refused.</summary>
    protected string Problem(SignatureForm form, string field) =>
        form.ProblemOf(field) is { } cause ? Problem(cause, field) : Say("Error." + field);

    private string Label(string field) =>
        Say(
            field switch
            {
                "name" => "Form.Name",
                "locality" => "Form.Locality",
                _ => "Form.Email",
            }
        );

    protected string Link(string path) => PageLanguage.Link(Http.Request, path);

    /// <summary>A number in the reader's language.</summary>
    protected static string Number(long number) => number.ToString("N0", Culture);

    /// <summary>A number with one decimal in the reader's language.</summary>
    protected static string OneDecimal(decimal number) => number.ToString("N1", Culture);

    protected string Date(DateOnly date) => date.ToString(Say("Format.Date"), Culture);

    /// <summary>The day in UTC, the same for all readers of a campaign.</summary>
    protected string Date(DateTimeOffset instant) => Date(Instant.Day(instant));

    /// <summary>Day and time in UTC, with the zone.</summary>
    protected string Utc(DateTimeOffset instant) =>
        Say("Format.Time", Date(instant), instant.ToString("HH:mm", CultureInfo.InvariantCulture), "UTC");

    /// <summary>
    /// Day, time and zone in the time zone of the campaign. A time ends at its zone's city:
    /// <c>17 May 2019, 23:59 (London)</c>.
    /// </summary>
    protected string Time(DateTimeOffset instant, Campaign campaign)
    {
        var local = TimeZones.Local(instant, campaign.TimeZone);
        var city = campaign.TimeZone.Split('/')[^1].Replace('_', ' ');
        return Say(
            "Format.Time",
            Date(DateOnly.FromDateTime(local.DateTime)),
            local.ToString("HH:mm", CultureInfo.InvariantCulture),
            city
        );
    }

    protected static string CountryName(string code) => Country.Name(code, Locale);
}
