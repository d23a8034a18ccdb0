using System.Globalization;
using System.Resources;
using Microsoft.Extensions.Localization;

namespace Campaigns.Api.Doctor;

/// <summary>
/// Names the texts of the checks: <c>Check.{name}</c> is what is looked at, <c>Do.{name}</c> what
/// to do when it is not well.
/// </summary>
public sealed class CheckTexts
{
    private static readonly ResourceManager _texts = new(typeof(CheckTexts));

    /// <summary>What a check looks at, in the reader's language.</summary>
    public static string Title(IStringLocalizer<CheckTexts> texts, string check) => Find(texts, "Check.", check);

    /// <summary>What to do, in the reader's language.</summary>
    public static string Remedy(IStringLocalizer<CheckTexts> texts, string check) => Find(texts, "Do.", check);

    /// <summary>What to do, in English.</summary>
    public static string Remedy(string check) =>
        _texts.GetString("Do." + check, CultureInfo.InvariantCulture)
        ?? _texts.GetString("Do.other", CultureInfo.InvariantCulture)!;

    private static string Find(IStringLocalizer<CheckTexts> texts, string kind, string check) =>
        texts[kind + check] is { ResourceNotFound: false } own ? own.Value : texts[kind + "other"].Value;
}
