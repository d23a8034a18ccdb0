using System.Text;
using Campaigns.Ledger;

namespace Campaigns.Tests.Unit.Ledger;

public sealed class LedgerLineTests
{
    private static readonly string _hex = new('a', 64);

    [Fact]
    public void Lines_have_exactly_the_bytes_of_the_contract()
    {
        var add = LedgerLine.OfAdd(0, "GB", Convert.FromHexString(_hex));
        Assert.Equal($$"""{"n":0,"type":"add","country":"GB","commitment":"{{_hex}}"}""", add.Text);
        var remove = LedgerLine.OfRemove(17, 0, "GB", LedgerLine.BySigner);
        Assert.Equal("""{"n":17,"type":"remove","of":0,"country":"GB","reason":"signer"}""", remove.Text);
        Assert.Equal(MerkleTree.Leaf(Encoding.UTF8.GetBytes(remove.Text)), remove.LeafHash());
    }

    [Fact]
    public void Line_is_read_back()
    {
        Assert.Equal(
            LedgerLine.OfAdd(3, "ZZ", new byte[32]),
            LedgerLine.Parse(LedgerLine.OfAdd(3, "ZZ", new byte[32]).Text)
        );
        Assert.Equal(
            LedgerLine.OfRemove(4, 3, "ZZ", "invalidated"),
            LedgerLine.Parse(LedgerLine.OfRemove(4, 3, "ZZ", "invalidated").Text)
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"n":0,"type":"add","country":"GB","commitment":"xyz"}""")]
    [InlineData("""{"n":0, "type":"add","country":"GB","commitment":"HEX"}""")]
    [InlineData("""{"type":"add","n":0,"country":"GB","commitment":"HEX"}""")]
    [InlineData("""{"n":0,"type":"add","country":"GB","commitment":"HEX","more":1}""")]
    [InlineData("""{"n":-1,"type":"add","country":"GB","commitment":"HEX"}""")]
    [InlineData("""{"n":0,"type":"add","country":"gb","commitment":"HEX"}""")]
    [InlineData("""{"n":0.5,"type":"add","country":"GB","commitment":"HEX"}""")]
    [InlineData("""{"n":3,"type":"remove","of":3,"country":"GB","reason":"signer"}""")]
    [InlineData("""{"n":3,"type":"remove","of":1,"country":"GB","reason":"bored"}""")]
    [InlineData("""{"n":3,"type":"other","of":1,"country":"GB","reason":"signer"}""")]
    public void Other_spellings_of_a_line_are_refused(string text) =>
        Assert.Null(LedgerLine.Parse(text.Replace("HEX", _hex, StringComparison.Ordinal)));
}
