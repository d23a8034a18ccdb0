using System.Text;
using Campaigns.Tests.Infrastructure;
using Campaigns.Tests.Unit.Exports;

namespace Campaigns.Tests.Stores.Packets;

/// <summary><c>signatures.csv</c> as a spreadsheet opens it.</summary>
#pragma warning disable CA1001 // Disposed of by DisposeAsync.
public sealed class SpreadsheetTests : IAsyncLifetime
#pragma warning restore CA1001
{
    private readonly PacketFixture _fixture = new();

    public Task InitializeAsync() => _fixture.StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Theory]
    [InlineData("en", ',', "Commas (,)", ": 5 cells")]
    [InlineData("nl", ';', "Puntkomma's (;)", ": 5 cellen")]
    [InlineData("nb", ';', "Semikolon (;)", ": 5 celler")]
    [InlineData("ru", ';', "точками с запятой (;)", "ячеек: 5")]
    public async Task Table_is_what_spreadsheets_of_the_language_read(
        string locale,
        char separator,
        string named,
        string guarded
    )
    {
        string[] names = ["Kari;=1+1;x", "=SUM(A1)", "\u00A0+x", "＝y", "Anna \"d\", B"];
        foreach (var name in names)
            await _fixture.ConfirmPersonAsync(name, Disclosure.Name, "GB", name == "＝y" ? null : "Bath;y");
        await _fixture.ConfirmPersonAsync("Plain Name", Disclosure.Name, "GB", "x,-place");
        var id = await _fixture.BuildAsync(csv: true, countries: ["GB"], locale: locale);
        var files = _fixture.Files(id);
        var bytes = files["signatures.csv"];
        Assert.Equal([0xEF, 0xBB, 0xBF], bytes[..3]);
        var table = Encoding.UTF8.GetString(bytes.AsSpan(3));
        var lines = table.Split("\r\n");
        Assert.Equal(
            string.Join(separator, "\"volume\"", "\"line\"", "\"country\"", "\"name\"", "\"locality\"", "\"day\""),
            lines[0]
        );
        Assert.Equal(8, lines.Length);
        Assert.All(lines[1..^1], line => Assert.Matches("^(\"([^\"]|\"\")*\"(.|$)){6}$", line));
        Assert.Contains("\"Kari;'=1+1;x\"", table, StringComparison.Ordinal);
        Assert.Contains("\"x,'-place\"", table, StringComparison.Ordinal);
        Assert.Contains("\"Anna \"\"d\"\", B\"", table, StringComparison.Ordinal);
        SpreadsheetCellTests.AssertHarmless(table);
        var readMe = Encoding.UTF8.GetString(files["READ-ME.txt"]).ReplaceLineEndings(" ");
        Assert.Contains(named, readMe, StringComparison.Ordinal);
        Assert.Contains(guarded, readMe, StringComparison.Ordinal);
        Assert.Contains("Kari;=1+1;x", _fixture.VolumesText(id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Packet_without_a_printed_line_has_no_table()
    {
        await _fixture.ConfirmPersonAsync("Hidden Signer", Disclosure.Count);
        var files = _fixture.Files(await _fixture.BuildAsync(csv: true, countries: ["GB"]));
        Assert.DoesNotContain("signatures.csv", files.Keys);
        Assert.DoesNotContain(
            "signatures.csv",
            Encoding.UTF8.GetString(files["READ-ME.txt"]),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("signatures.csv", Pdf.Text(files["cover-letter.pdf"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Disclosure.Initials, "Bath", false)]
    [InlineData(Disclosure.Name, null, false)]
    [InlineData(Disclosure.Name, "Bath", true)]
    public async Task Volume_has_a_place_column_only_where_a_place_is_printed(
        Disclosure chosen,
        string? locality,
        bool has
    )
    {
        await _fixture.ConfirmPersonAsync("Ola Hansen", chosen, "GB");
        await _fixture.ConfirmPersonAsync("Kari Nordmann", chosen, "GB", locality);
        await _fixture.ConfirmPersonAsync("Eva Berg", chosen, "GB");
        var id = await _fixture.BuildAsync(countries: ["GB"], disclosure: Disclosure.Name);
        var text = _fixture.VolumesText(id);
        Assert.Equal(has, text.Contains("Place", StringComparison.Ordinal));
        Assert.Equal(has, text.Contains("Bath", StringComparison.Ordinal));
        foreach (var number in (string[])["1 ", "2 ", "3 "])
            Assert.Contains(number, text, StringComparison.Ordinal);
        Assert.Equal(chosen == Disclosure.Name, text.Contains("Ola Hansen", StringComparison.Ordinal));
    }
}
