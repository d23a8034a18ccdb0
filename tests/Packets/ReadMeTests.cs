using System.Text;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Packets;

/// <summary>
/// The commands of READ-ME.txt, run as printed by programs that are not ours; only the two
/// downloads are laid beside it.
/// </summary>
public sealed class ReadMeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("read-me-").FullName;

    [Theory]
    [InlineData("en")]
    [InlineData("nl")]
    [InlineData("nb")]
    public async Task A_stranger_can_check_a_packet_with_what_it_says(string locale)
    {
        await using var fixture = await new PacketFixture().StartAsync();
        for (var i = 0; i < 7; i++)
            await fixture.SignAsync($"Person {(char)('A' + i)}", Disclosure.Name, i % 2 == 0 ? "GB" : "NL");
        await fixture.WithdrawAsync(await fixture.SignAsync("Gone Soon"));
        foreach (var (name, bytes) in fixture.Files(await fixture.BuildAsync(locale: locale)))
            File.WriteAllBytes(Path.Combine(_folder, name), bytes);
        File.WriteAllBytes(Path.Combine(_folder, "keys.json"), fixture.PublishedKeys());
        var lines = fixture.Get<Campaigns.Db.Ledger.LedgerStore>().ReadLines(fixture.Campaign.Id, 0, long.MaxValue);
        File.WriteAllText(Path.Combine(_folder, "ledger.ndjson"), string.Concat(lines.Select(line => line + "\n")));

        var said = Command.Run("bash", "-c", Commands());
        Assert.Equal(5, said.Split(": OK\n").Length - 1);
        Assert.Contains("Verified OK", said, StringComparison.Ordinal);
        Assert.Contains("root and counts are right", said, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // Everything from a line that begins a command to the blank line behind it.
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
                    || line.StartsWith("curl ", StringComparison.Ordinal)
                );
            if (commands && !line.StartsWith("curl ", StringComparison.Ordinal))
                script.Append(line).Append('\n');
        }
        return script.ToString();
    }
}
