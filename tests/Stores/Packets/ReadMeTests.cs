using System.Text;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Stores.Packets;

/// <summary>
/// Runs the commands printed in READ-ME.txt with independent programs. The test supplies only the
/// two downloads.
/// </summary>
public sealed class ReadMeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("read-me-").FullName;

    [Theory]
    [InlineData("en")]
    [InlineData("nl")]
    [InlineData("nb")]
    [InlineData("ru")]
    public async Task Commands_of_the_read_me_verify_a_packet(string locale)
    {
        await using var fixture = await new PacketFixture().StartAsync();
        for (var i = 0; i < 7; i++)
            await fixture.ConfirmPersonAsync($"Person {(char)('A' + i)}", Disclosure.Name, i % 2 == 0 ? "GB" : "NL");
        await fixture.WithdrawAsync(await fixture.ConfirmPersonAsync("Gone Soon"));
        foreach (var (name, bytes) in fixture.Files(await fixture.BuildAsync(locale: locale)))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_folder, name))!);
            File.WriteAllBytes(Path.Combine(_folder, name), bytes);
        }
        File.WriteAllBytes(Path.Combine(_folder, "keys.json"), fixture.PublishedKeys());
        var lines = fixture.Get<Campaigns.Db.Ledger.LedgerStore>().ReadLines(fixture.Campaign.Id, 0, long.MaxValue);
        File.WriteAllText(Path.Combine(_folder, "ledger.ndjson"), string.Concat(lines.Select(line => line + "\n")));

        var said = Command.Run("bash", "-c", Commands());
        // Five files, which both lists have, and the manifest and its signature, which one has.
        Assert.Equal(12, said.Split(": OK\n").Length - 1);
        Assert.Contains("Verified OK", said, StringComparison.Ordinal);
        Assert.Contains("root and counts are right", said, StringComparison.Ordinal);
        Assert.Contains("the same key", said, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // Every command line and its continuation, up to the next blank line.
    private string Commands()
    {
        var script = new StringBuilder($"set -e; cd {_folder}\n");
        var commands = false;
        foreach (var line in File.ReadAllLines(Path.Combine(_folder, "READ-ME.txt"), Encoding.UTF8))
        {
            commands =
                line.Length > 0
                && (
                    commands
                    || line.StartsWith("python3 ", StringComparison.Ordinal)
                    || line.StartsWith("openssl ", StringComparison.Ordinal)
                    || line.StartsWith("curl ", StringComparison.Ordinal)
                );
            if (commands && !line.StartsWith("curl ", StringComparison.Ordinal))
                script.Append(line).Append('\n');
        }
        return script.ToString();
    }
}
