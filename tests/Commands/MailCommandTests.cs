using System.Text;
using Campaigns.Api.Commands;
using Campaigns.Crypto;
using Campaigns.Letters;
using Campaigns.Tests.Http.Hooks;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Commands;

/// <summary><c>mail bounce</c>, as a mail server pipes reports to it.</summary>
public sealed class MailCommandTests
{
    [Fact]
    public async Task Report_from_a_pipe_counts_beside_the_server_and_a_forged_one_ends_with_1()
    {
        await using var letters = await CapturedLetters.OpenAsync();
        await letters.Campaign.SignAsync("kari@example.org");
        await letters.SendAsync();
        var tag = letters.Campaign.Database.Keys.Tokens.WriteLetterTag(
            new LetterTag(LetterOutbox.People, letters.Only().Id)
        );
        Assert.Equal(2, await RunAsync(letters, $"bounces+{tag}@example.org"));
        const string setting = "--Mail:BounceAddress=bounces@example.org";
        Assert.Equal(1, await RunAsync(letters, "bounces+forged@example.org", setting));
        Assert.Equal("sent", letters.Only().State);
        Assert.Equal(0, await RunAsync(letters, $"bounces+{tag}@example.org", setting));
        Assert.Equal("failed", letters.Only().State);
    }

    private static async Task<int> RunAsync(CapturedLetters letters, string to, params string[] settings)
    {
        var (data, keys) = (letters.Campaign.Data, Path.Combine(letters.Campaign.Folder, "keys"));
        using var report = new MemoryStream(Encoding.UTF8.GetBytes(HookReports.Report(to, "failed")));
        return await MailCommand.ReadBounceAsync(
            [$"--Data:Directory={data}", $"--Keys:Directory={keys}", .. DatabaseUnderTest.Arguments(data), .. settings],
            report
        );
    }
}
