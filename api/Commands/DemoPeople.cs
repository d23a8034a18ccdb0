using System.Globalization;

namespace Campaigns.Api.Commands;

/// <summary>
/// Invented signers at addresses that cannot exist (RFC 2606), distributed over countries as in the
/// example. The same index gives the same person, so all demonstrations look alike.
/// </summary>
internal static class DemoPeople
{
    private static readonly string[] _first =
    [
        "Olivia",
        "Noah",
        "Sanne",
        "Daan",
        "Nora",
        "Jakob",
        "Zoë",
        "Łukasz",
        "Анна",
        "Елена",
        "Γιώργος",
        "Siân",
        "Bjørn",
        "Eilidh",
        "José",
        "Aïsha",
        "Þóra",
        "Mehmet",
        "Ngọc",
        "Marta",
    ];

    private static readonly string[] _last =
    [
        "Smith",
        "de Vries",
        "Hansen",
        "O’Brien",
        "van der Berg",
        "Nowak",
        "Иванова",
        "Παπαδόπουλος",
        "Müller",
        "Ødegård",
        "García Márquez",
        "Jones",
        "Bakker",
        "Johansen",
        "Taylor",
        "Şahin",
        "Nguyễn",
        "Dubois",
        "Lindqvist",
        "Mac Dhòmhnaill",
    ];

    private static readonly string[] _elsewhere = ["DE", "FR", "SE", "ES", "IE", "PL", "US", "CA", "BE", "DK"];

    public static object Signature(int index, string run)
    {
        var (country, locale, locality) = Home(index);
        return new
        {
            name = $"{_first[index % _first.Length]} {_last[index / _first.Length * 7 % _last.Length]}",
            email = string.Create(CultureInfo.InvariantCulture, $"person{index}.{run}@demo.example"),
            country,
            locality,
            locale,
            disclosure = (index % 10) switch
            {
                < 4 => "name",
                < 7 => "initials",
                _ => "count",
            },
            consents = new { sign = true, updates = index % 3 == 0 },
        };
    }

    // 64, 35 and 31 of 275 live in the United Kingdom, the Netherlands and Norway. The factor 97 spreads them over the
    // run.
    private static (string Country, string Locale, string Locality) Home(int index) =>
        (index * 97 % 275) switch
        {
            < 64 => ("GB", "en", "Leeds"),
            < 99 => ("NL", "nl", "Utrecht"),
            < 130 => ("NO", "nb", "Bergen"),
            _ => (_elsewhere[index % _elsewhere.Length], "en", "Elsewhere"),
        };
}
