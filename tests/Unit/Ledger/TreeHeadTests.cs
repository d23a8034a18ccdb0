using System.Text;
using Campaigns.Ledger;

namespace Campaigns.Tests.Unit.Ledger;

public sealed class TreeHeadTests
{
    private static readonly DateTimeOffset _noon = new(2019, 5, 17, 12, 0, 0, 7, TimeSpan.Zero);

    [Fact]
    public void Payload_has_ordered_keys_ordinal_countries_and_no_zeros()
    {
        var head = new TreeHead(
            "chechnya-2019",
            5,
            "ab",
            _noon,
            new Dictionary<string, long>
            {
                ["ZZ"] = 2,
                ["NO"] = 0,
                ["GB"] = 1,
            }
        );
        const string Expected =
            """{"campaign":"chechnya-2019","size":5"""
            + ""","root":"ab","sealedAt":"2019-05-17T12:00:00.007Z","counts":{"GB":1,"ZZ":2}}""";
        Assert.Equal(Expected, Encoding.UTF8.GetString(head.Payload()));
        Assert.Equal(3, head.Confirmed);

        var read = TreeHead.Parse(head.Payload())!;
        Assert.Equal(head.Payload(), read.Payload());
        Assert.Equal("""{"GB":1,"ZZ":2}""", TreeHead.CountsText(head.Counts));
        Assert.Equal(1, TreeHead.ReadCounts(TreeHead.CountsText(head.Counts))["GB"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"campaign":"a","size":0,"root":"ab","sealedAt":"2019-05-17T12:00:00.007Z","counts":{"GB":0}}""")]
    [InlineData("""{"size":0,"campaign":"a","root":"ab","sealedAt":"2019-05-17T12:00:00.007Z","counts":{}}""")]
    [InlineData("""{"campaign":"a","size":0,"root":"ab","sealedAt":"yesterday","counts":{}}""")]
    public void Other_spellings_of_a_head_are_refused(string text) =>
        Assert.Null(TreeHead.Parse(Encoding.UTF8.GetBytes(text)));
}
