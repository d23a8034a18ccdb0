using System.Globalization;
using Microsoft.Extensions.Localization;

namespace Campaigns.Worker.Packets.Documents;

/// <summary>
/// The fixed texts in a packet's language, from <c>PacketTexts.*.resx</c>. Numbers and dates follow
/// fixed rules instead of the machine's locale data, which change between releases and would change
/// the packet's bytes.
/// </summary>
public sealed class PacketWords(IStringLocalizer<PacketTexts> sentences, string locale)
{
    private readonly CultureInfo _culture = CultureInfo.GetCultureInfo(locale);
    private readonly NumberFormatInfo _numbers = new()
    {
        NumberGroupSeparator = locale switch
        {
            "nl" => ".",
            "nb" or "ru" => "\u00A0",
            _ => ",",
        },
    };

    public string Locale => locale;

    /// <summary>Between the fields of a table, as spreadsheets of the language expect.</summary>
    public char Separator => SpreadsheetCell.Separator(locale);

    public string this[string key, params object[] arguments]
    {
        get
        {
            var before = CultureInfo.CurrentUICulture;
            CultureInfo.CurrentUICulture = _culture;
            try
            {
                var sentence = sentences[key];
                if (sentence.ResourceNotFound)
                    throw new InvalidOperationException($"There is no sentence {key}.");
                return arguments.Length == 0
                    ? sentence.Value
                    : string.Format(CultureInfo.InvariantCulture, sentence.Value, arguments);
            }
            finally
            {
                CultureInfo.CurrentUICulture = before;
            }
        }
    }

    /// <summary>
    /// A sentence about a number, which is its first argument: <paramref name="key"/>, or with
    /// <c>.one</c> behind it for one.
    /// </summary>
    public string Count(string key, long number, params ReadOnlySpan<object> more) =>
        this[number == 1 ? key + ".one" : key, [Number(number), .. more]];

    /// <summary>With the language's thousands separator.</summary>
    public string Number(long number) => number.ToString("#,0", _numbers);

    /// <summary>With the month's name.</summary>
    public string Date(DateTimeOffset instant)
    {
        var day = instant.UtcDateTime;
        return this["date", day.Day, this["months"].Split(' ')[day.Month - 1], day.Year];
    }

    public string Country(string code) => global::Campaigns.Country.Name(code, locale);

    public string Language(string tag) => global::Campaigns.Language.Name(tag, locale);

    public string Disclosure(Disclosure disclosure) => this["disclosure." + disclosure.Text()];
}
