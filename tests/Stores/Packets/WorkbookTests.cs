using System.Text;
using System.Text.Json;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Packets.Build;
using Campaigns.Worker.Packets.Documents;

namespace Campaigns.Tests.Stores.Packets;

/// <summary><c>signatures.xlsx</c> as another program reads it.</summary>
public sealed class WorkbookTests
{
    private static readonly VolumeFacts _volume = new("GB", 1, 1, 5, HasNames: true, HasPlaces: true);

    [Theory]
    [InlineData("en", "One row")]
    [InlineData("nl", "Eén rij")]
    [InlineData("nb", "Én rad")]
    [InlineData("ru", "Одна строка")]
    public async Task Workbook_has_the_printed_lines_as_typed(string locale, string said)
    {
        await using var fixture = await new PacketFixture().StartAsync();
        string[] names = ["=SUM(A1)", "+x", "Anna <d> & B", "_x0041_ Berg", "\U0001F600 \u05D0"];
        foreach (var name in names)
            await fixture.ConfirmPersonAsync(name, Disclosure.Name, "GB", name == "+x" ? null : "-Bath");
        var id = await fixture.BuildAsync(xlsx: true, countries: ["GB"], locale: locale);
        var files = fixture.Files(id);
        Assert.DoesNotContain("signatures.csv", files.Keys);
        var sheet = Assert.Single(await ReadAsync(files["signatures.xlsx"]));
        Assert.Equal("signatures", sheet.GetProperty("name").GetString());
        Assert.Equal(1, sheet.GetProperty("frozen").GetInt32());
        var rows = sheet.GetProperty("rows").EnumerateArray().Select(row => row.EnumerateArray().ToList()).ToList();
        Assert.Equal(CsvPart.Columns, rows[0].Select(cell => cell.GetString()));
        Assert.Equal([1, 2, 3, 4, 5], rows[1..].Select(row => row[1].GetInt32()));
        Assert.Equal(
            names.Order(StringComparer.Ordinal),
            rows[1..].Select(row => row[3].GetString()!).Order(StringComparer.Ordinal)
        );
        Assert.Equal(4, rows[1..].Count(row => row[4].GetString() == "-Bath"));
        var day = Instant.Text(Instant.Day(fixture.Clock.GetUtcNow()));
        Assert.All(rows[1..], row => Assert.Equal(day, row[5].GetProperty("date").GetString()));
        Assert.Contains("signatures.xlsx", fixture.Packets.Find(id)!.Manifest!.Files.Select(file => file.Name));
        Assert.Contains(said, Encoding.UTF8.GetString(files["READ-ME.txt"]), StringComparison.Ordinal);
        Assert.Contains("signatures.xlsx", Pdf.Text(files["cover-letter.pdf"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Packet_has_both_tables_and_builds_the_same_bytes_again()
    {
        await using var fixture = await new PacketFixture().StartAsync();
        await fixture.ConfirmPersonAsync("Ola Hansen", Disclosure.Name, "GB", "Bath");
        var id = await fixture.BuildAsync(csv: true, xlsx: true);
        var first = fixture.Files(id);
        await fixture.Packets.RebuildAsync(fixture.Packets.Find(id)!, "slug", Campaigns.Db.Staff.Actor.Operator);
        await fixture.RunAsync();
        var second = fixture.Files(id);
        foreach (var name in (string[])["signatures.csv", "signatures.xlsx"])
            Assert.Equal(first[name], second[name]);
    }

    [Fact]
    public async Task Lines_beyond_a_sheet_continue_on_the_next()
    {
        using var stream = new MemoryStream();
        using (var workbook = new WorkbookPart(stream, lines: 5, mostRows: 3))
            for (var n = 1; n <= 5; n++)
                workbook.Add(_volume, new(n, $"Person {n}", null, new DateOnly(2019, 5, 17)));
        var sheets = await ReadAsync(stream.ToArray());
        Assert.Equal(
            ["signatures", "signatures 2", "signatures 3"],
            sheets.Select(sheet => sheet.GetProperty("name").GetString())
        );
        Assert.Equal([3, 3, 2], sheets.Select(sheet => sheet.GetProperty("rows").GetArrayLength()));
    }

    [Theory]
    [InlineData("Kari", "Kari")]
    [InlineData("_x0041_", "_x005F_x0041_")]
    [InlineData("_x004_", "_x004_")]
    [InlineData("a\uFFFEb\u0001", "a_xFFFE_b_x0001_")]
    [InlineData("\U0001F600", "\U0001F600")]
    public void Signs_that_XML_lacks_are_written_as_numbers(string text, string written) =>
        Assert.Equal(written, WorkbookPart.Escape(text));

    private static async Task<List<JsonElement>> ReadAsync(byte[] workbook)
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(path, workbook);
            var (code, output) = await PythonChecker.RunAsync("read_workbook.py", path);
            Assert.True(code == 0, output);
            using var json = JsonDocument.Parse(output);
            return [.. json.RootElement.Clone().EnumerateArray()];
        }
        finally
        {
            File.Delete(path);
        }
    }
}
