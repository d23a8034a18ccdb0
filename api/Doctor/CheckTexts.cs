using System.Globalization;
using System.Resources;

namespace Campaigns.Api.Doctor;

/// <summary>
/// Names the texts of the checks: <c>Check.{name}</c> is what is looked at, <c>Do.{name}</c> what
/// to do when it is not well.
/// </summary>
public sealed class CheckTexts
{
    private static readonly ResourceManager _texts = new(typeof(CheckTexts));

    /// <summary>What to do, in English.</summary>
    public static string Remedy(string check) =>
        _texts.GetString("Do." + check, CultureInfo.InvariantCulture)
        ?? _texts.GetString("Do.other", CultureInfo.InvariantCulture)!;
}
