using Campaigns.Signatures;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Packets.Pdf;
using CsCheck;

namespace Campaigns.Tests.Unit.Packets;

public class TypesetterTests
{
    private static readonly PdfInfo _info = new(
        "Title",
        "en",
        new DateTimeOffset(2019, 5, 17, 9, 0, 0, TimeSpan.Zero),
        "00112233445566778899AABBCCDDEEFF"
    );

    public static TheoryData<string> Names =>
        [
            "Kari Nordmann",
            "Jean-Luc Ångström-Żółć",
            "Nguyễn Thị Ánh",
            "Ελένη Παπαδοπούλου",
            "Наталья Иванова",
            "Siân O'Brien",
            "J\u0308org Q\u0301",
            "محمد عبد الرحمن",
            "السلام عليكم",
            "بِسْمِ الله",
            "דוד בן־גוריון",
            "שָׁלוֹם",
            "राजेश शर्मा क्षत्रिय",
            "ক্ষুদ্র বাংলা",
            "தமிழ் செல்வன்",
            "สมชาย ใจดี",
            "ខ្មែរ",
            "မြန်မာ",
            "አበበ ቢቂላ",
            "გიორგი",
            "Օֆելյա",
            "王小明",
            "山田 太郎",
            "김철수",
            "가 나",
            "Kari 😀 Nord",
            "Jan (יוסי) לוי",
            "(יוסי) לוי",
            "יוסי (לוי)",
            "Jan (יוסי)",
            "יוסי Berg 12 לוי",
            "דוד בן-גוריון",
            "לוי 12/3",
            "سيد ١٢ علي (محمد)",
            "محمد – Jan [أحمد] 7",
            "عليكمُ Jan",
            "ߒߞߏ Jan",
            "שלום😀",
            "two  blanks",
            "no\u00A0break",
        ];

    [Theory]
    [MemberData(nameof(Names))]
    public void Name_in_any_script_is_extracted_as_typed(string name)
    {
        var pdf = Write(name);
        Pdf.Check(pdf);
        Assert.Contains(Folded(name), Pdf.Text(pdf), StringComparison.Ordinal);
    }

    [Fact]
    public void Scalar_without_a_glyph_is_printed_as_its_code()
    {
        var line = new Typesetter(Fonts.Regular).Shape("😀");
        Assert.Equal("[U+1F600]", string.Concat(line.Glyphs.Select(glyph => glyph.Text)));
        Assert.Equal("😀", line.ActualText);
    }

    [Fact]
    public void Marks_and_joiners_move_glyphs()
    {
        var type = new Typesetter(Fonts.Regular);
        var exclusive = type.Shape("ب").Glyphs[0].Id;
        Assert.DoesNotContain(type.Shape("ببب").Glyphs, glyph => glyph.Id == exclusive);
        // The vowel sign typed second is placed first.
        Assert.True(type.Shape("कि").Glyphs[0].Id != type.Shape("क").Glyphs[0].Id);
    }

    [Fact]
    public void Right_to_left_text_is_set_from_right_to_left()
    {
        var line = new Typesetter(Fonts.Regular).Shape("אבג 12 ab");
        Assert.Equal("ab 12 גבא", string.Concat(line.Glyphs.Select(glyph => glyph.Text)));
    }

    [Fact]
    public void Brackets_of_a_pair_face_each_other()
    {
        var line = new Typesetter(Fonts.Regular).Shape("Jan (יוסי) לוי");
        Assert.Equal("Jan (יסוי) יול", string.Concat(line.Glyphs.Select(glyph => glyph.Text)));
    }

    [Theory]
    [InlineData("Jan (יוסי)", "לוי (דוד) 12")]
    [InlineData("Kari", "יוסי Berg 12 לוי")]
    [InlineData("Anna-", "לוי-")]
    [InlineData("محمد بن سلمان", "Jan (محمد) – 7")]
    public void Names_of_both_directions_on_one_page_are_extracted_as_typed(string first, string second)
    {
        using var stream = new MemoryStream();
        var document = new PdfDocument(stream, _info);
        var type = new Typesetter(Fonts.Regular);
        document.Page(page =>
        {
            for (var row = 0; row < 10; row++)
                page.Block(
                    TextBlock.Fit(type, row % 2 == 0 ? first : second, 9.5, 240, 12.6, 300),
                    100,
                    100 + (row * 30)
                );
        });
        document.Finish();
        var text = Pdf.Text(stream.ToArray());
        Assert.Equal((5, 5), (Occurrences(text, first), Occurrences(text, second)));
    }

    [Fact]
    public void What_was_typed_is_extracted_whatever_it_is() =>
        RandomText
            .Printable.Where(name => PersonName.Check(name).Value == name)
            .Array[8]
            .Sample(
                names =>
                {
                    using var stream = new MemoryStream();
                    var document = new PdfDocument(stream, _info);
                    var type = new Typesetter(Fonts.Regular);
                    document.Page(page =>
                    {
                        foreach (var (row, name) in names.Index())
                            page.Block(TextBlock.Fit(type, name, 9.5, 400, 12.6, 300), 100, 100 + (row * 30));
                    });
                    document.Finish();
                    var text = Pdf.Text(stream.ToArray());
                    Assert.All(names, name => Assert.Contains(name, text, StringComparison.Ordinal));
                },
                iter: 60
            );

    private static int Occurrences(string text, string part) => text.Split(part).Length - 1;

    [Fact]
    public void Brackets_are_mirrored_in_right_to_left_text()
    {
        var type = new Typesetter(Fonts.Regular);
        var open = type.Shape("(").Glyphs[0].Id;
        var drawn = type.Shape("(א)").Glyphs;
        Assert.Equal((open, ")"), (drawn[0].Id, drawn[0].Text));
    }

    [Theory]
    [InlineData("x", 200)]
    [InlineData("Wolfeschlegel", 15)]
    [InlineData("word ", 40)]
    [InlineData("محمد", 50)]
    [InlineData("שלום ", 40)]
    [InlineData("王", 200)]
    [InlineData("﷽", 200)]
    [InlineData("😀", 200)]
    [InlineData("e\u0301\u0302\u0303\u0304", 40)]
    public void Long_name_stays_inside_its_cell(string part, int times)
    {
        var name = string.Concat(Enumerable.Repeat(part, times)).Trim();
        var type = new Typesetter(Fonts.Regular);
        var block = TextBlock.Fit(type, name, 9.5, 240, 12.6, 300);
        Assert.True(block.Height <= 300);
        Assert.All(block.Lines, line => Assert.True(line.Width * block.Size / 1000 <= 240.01));
        Assert.Equal(name.Replace(" ", ""), string.Concat(block.Lines.Select(line => line.Text)).Replace(" ", ""));
        for (var i = 0; i < block.Lines.Count; i++)
        {
            // The ink of a line overlaps neither its neighbours nor the edges of the block.
            var above = i == 0 ? 0 : block.Baselines[i - 1] - (block.Lines[i - 1].Bottom * block.Size / 1000);
            Assert.True(block.Baselines[i] - (block.Lines[i].Top * block.Size / 1000) >= above);
        }
        var pdf = Write(name);
        Pdf.Check(pdf);
        var scale = 150 / 72.0;
        var (left, top, right, bottom) = Pdf.Draw(pdf, 1).Ink();
        Assert.InRange(left, (100 * scale) - 3, 340 * scale);
        Assert.InRange(right, 100 * scale, (340 * scale) + 3);
        Assert.InRange(top, (100 * scale) - 2, 400 * scale);
        Assert.InRange(bottom, 100 * scale, (400 * scale) + 2);
    }

    [Fact]
    public void Same_content_gives_the_same_bytes() => Assert.Equal(Write("Kari محمد 王"), Write("Kari محمد 王"));

    private static byte[] Write(string name, Typesetter? type = null)
    {
        using var stream = new MemoryStream();
        var document = new PdfDocument(stream, _info);
        var block = TextBlock.Fit(type ?? new Typesetter(Fonts.Regular), name, 9.5, 240, 12.6, 300);
        document.Page(page => page.Block(block, 100, 100));
        document.Finish();
        return stream.ToArray();
    }

    // The text that pdftotext prints has single blanks, so the expected name is changed in the same way.
    private static string Folded(string name) =>
        string.Join(' ', name.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries));
}
