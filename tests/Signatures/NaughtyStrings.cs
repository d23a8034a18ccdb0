using System.Text;

namespace Campaigns.Tests.Signatures;

/// <summary>Texts that have broken other people's software, in names, forms, spreadsheets, terminals and pages.</summary>
internal static class NaughtyStrings
{
    public static IReadOnlyList<string> All { get; } =
    [
        // Names that people really have.
        "Kari Nordmann", "O'Brien", "O’Brien", "D'Arcy-Smith", "Null", "null", "undefined", "None", "True", "NaN", "nil", "Jean-Luc de la Tour d'Auvergne", "X Æ A-12", "Ng", "Ő", "ß", "ﬁ", "ǅ",
        "Łukasz Żółć", "Þórður Guðmundsson", "Đặng Thị Hồng", "Ṣọlá Adébáyọ̀", "Siân ap Hywel", "İbrahim Iğdır", "ı", "Ñandú Ñu", "Zoë ĳ", "ÅÄÖ åäö",
        "Анна Каренина", "Їжак Ґудзь", "Ѳеодоръ", "Γιώργος Παπαδόπουλος", "Άρης ΐΰ", "Αθηνᾶ", "Հայկ", "გიორგი", "ႠႡ", "መለስ", "ᎠᎡᎢ", "ᐃᓄᒃ", "ⴰⵎⴰⵣⵉⵖ", "ߒߞߏ",
        "田中太郎", "王小明", "김철수", "ㄅㄆㄇ", "ｶﾀｶﾅ", "が", "か\u3099", "한", "\u1112\u1161\u11ab", "𠮷野家", "﨑山", "神", "彁", "丂", "〇田",
        "مُحَمَّد", "سارا\u200cعلی", "שָׁלוֹם", "נאָמען", "ܡܪܝ", "ދިވެހި", "रमेश", "क्ष\u200dत्र", "श्री", "বাংলা", "தமிழ்", "తెలుగు", "ಕನ್ನಡ", "മലയാളം", "සිංහල", "ไทย", "ລາວ", "မြန်မာ", "ខ្មែរ", "བོད་", "ᠮᠣᠩᠭᠣᠯ",
        // Normalisation.
        "Ame\u0301lie", "Am\u00e9lie", "q\u0307\u0323", "q\u0323\u0307", "\u212b", "\u2126", "A\u030a", "\u1e9b\u0323", "e\u0301\u0301\u0301", "Z" + new string('\u0335', 40) + "algo", "\u0301a", "a\u034fb", "\u0958", "\ufb1d", "\u2adc", "\U0001d15e x",
        // Directions, the unseen, and spaces.
        "a\u200bb", "a\u200cb", "a\u200db", "a\u200eb", "a\u200fb", "a\u061cb", "a\u2060b", "a\ufeffb", "a\u00adb", "a\u180eb", "a\u202ab", "a\u202bb", "a\u202cb", "a\u202db", "a\u202eb", "a\u2066b", "a\u2067b", "a\u2068b", "a\u2069b",
        "a\u00a0b", "\u00a0a\u00a0", "\u3000a\u3000", "\u2003a", "a\u2028b", "a\u2029b", "a\u0085b", "\ta", "a\n", "a\r\nb", "a\vb", "a\fb", "a\bb", "a\u001bb", "\u001b[31mred", "a\0b", "\0", "a\u007f", "a\u0080b", "\u3164a", "\u115f\u1160", "\u2800", "\u2800a", "a\ufe0f", "a\U000e0100", "a\U000e0041\U000e007f",
        // No characters, private ones, the newest and the highest.
        "a\ufdd0", "a\ufffe", "a\uffff", "a\U0001ffff", "a\U0010fffe", "a\ufffd", "a\ufffc", "a\ue000", "a\U000f0000", "a\U0010fffd", "a\u0378", "😀", "a😀", "👩‍👩‍👧‍👦 A", "🏴\U000e0067\U000e0062\U000e007f A", "🇳🇴 Kari", "👍🏽 a", "①", "Ⅻ", "ª", "²", "½ a", "𝓚𝓪𝓻𝓲", "Ｋａｒｉ", "ⓀⒶⓇⒾ", "z̀̄", "﷽", "𒐫 a", "꧅",
        // Formulas, commas, quotes.
        "=1+1", "=cmd|' /C calc'!A0", "+47 a", "-2+3+cmd|x", "@SUM(1+1)", "\t=a", "\r=a", " =a", "\u00a0=a", "＝a", "＋a", "－a", "＠a", "'=a", "\"a\"", "a,b;c", "a\"b", "a'b", "a`b", "a\\b", "a\\", "\\", "%", "a%20b", "a+b", "a&b=c", "a|b", "a;b",
        // Languages of machines.
        "Robert'); DROP TABLE signatures;--", "1' OR '1'='1", "' UNION SELECT a", "a\\' OR 1=1", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"><svg onload=alert(1)>", "</title><b>", "<!--a-->", "]]>", "<a href='x'>a", "&lt;a&gt;", "&amp;", "&#0;a", "&#x41;", "javascript:alert(1)", "data:text/html,a",
        "{{7*7}} a", "${7*7} a", "#{7*7} a", "<%= a %>", "{0} a", "{a}", "{", "}", "%s%n%x a", "%d a", "$(reboot)", "`reboot`", "; rm -rf /", "| cat", "a\\r\\nBcc: b", "../../etc/passwd", "C:\\a", "file:///etc/passwd", "CON", "NUL", "a.eml", "(a)", "() { :;}; a", "eval(a)", "@{a}", "${jndi:ldap://x}", "\\u0000a", "\\x41", "0x41", "1e309 a", "-0 a", "9999999999999999999 a", "Infinity",
        // Addresses.
        "http://example.org", "https://example.org/a", "HTTP://A", "see www.example.org", "example.com", "example.org/a", "ftp://a", "mailto:a@example.org", "a@example.org", "hxxp a", "ｗｗｗ．example．org", "http：//a",
        // Too long, just right, and blank.
        new string('a', 200), new string('a', 201), new string('ж', 200), Repeat("😀", 199) + "a", Repeat("😀", 200), Repeat("a\u0301", 200), new string('a', 5000), "", " ", "   ", "a", "1", "-", ".", "_", "\u0301", "¿?", "…",
    ];

    private static string Repeat(string text, int times) => new StringBuilder().Insert(0, text, times).ToString();
}
