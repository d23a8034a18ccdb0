namespace Campaigns.Bench.Filling;

/// <summary>
/// Names as in the United Kingdom, the Netherlands and Norway: most are Latin, one in seven is in
/// another script. The same number gives the same name.
/// </summary>
internal static class PeopleNames
{
    // Share is the number of names of a hundred.
    private static readonly (int Share, string[] First, string[] Last)[] _scripts =
    [
        (
            86,
            [
                "Olivia",
                "Noah",
                "Sanne",
                "Daan",
                "Nora",
                "Jakob",
                "Zoë",
                "Łukasz",
                "Siân",
                "Bjørn",
                "Eilidh",
                "José",
                "Aïsha",
                "Þóra",
                "Mehmet",
                "Ngọc",
                "Marta",
                "Anne-Sophie",
                "Ivo",
                "Tom",
            ],
            [
                "Smith",
                "de Vries",
                "Hansen",
                "O’Brien",
                "van der Berg",
                "Nowak",
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
                "Featherstonehaugh",
                "Li",
            ]
        ),
        (
            4,
            ["Анна", "Елена", "Магомед", "Сергей"],
            ["Иванова", "Кадыров", "Смирнов", "Шевченко"]
        ),
        (2, ["Γιώργος", "Ελένη"], ["Παπαδόπουλος", "Νικολαΐδη"]),
        (3, ["محمد", "فاطمة", "ليلى"], ["الحسيني", "عبد الرحمن", "حداد"]),
        (1, ["דוד", "שרה"], ["כהן", "לוי"]),
        (2, ["प्रिया", "राहुल"], ["शर्मा", "कृष्णमूर्ति"]),
        (1, ["伟", "秀英"], ["王", "歐陽"]),
        (1, ["민준", "서연"], ["김", "이"]),
    ];

    private static readonly string[] _localities =
    [
        "Leeds",
        "Newcastle upon Tyne",
        "Utrecht",
        "’s-Hertogenbosch",
        "Bergen",
        "Tromsø",
        "Llanfairpwllgwyngyll",
        "Å",
    ];

    public static string Name(int person)
    {
        var share = (int)(Mixed(person) % 100);
        var at = 0;
        while (share >= _scripts[at].Share)
            share -= _scripts[at++].Share;
        var (_, first, last) = _scripts[at];
        var (given, family) = (Mixed(person + 1_000_003), Mixed(person + 2_000_003));
        return $"{first[given % (uint)first.Length]} {last[family % (uint)last.Length]}";
    }

    /// <summary>Two of three people give a locality.</summary>
    public static string? Locality(int person) =>
        person % 3 == 0 ? null : _localities[Mixed(person + 3_000_003) % (uint)_localities.Length];

    /// <summary>
    /// 64, 35 and 31 of 130, as in the United Kingdom, the Netherlands and Norway in 2019.
    /// </summary>
    public static string Country(int person) =>
        (Mixed(person + 4_000_003) % 130) switch
        {
            < 64 => "GB",
            < 99 => "NL",
            _ => "NO",
        };

    // The final mix of MurmurHash3, which makes neighbouring numbers independent.
    private static uint Mixed(int value)
    {
        var mixed = (uint)value;
        mixed = (mixed ^ (mixed >> 16)) * 0x85EBCA6B;
        mixed = (mixed ^ (mixed >> 13)) * 0xC2B2AE35;
        return mixed ^ (mixed >> 16);
    }
}
