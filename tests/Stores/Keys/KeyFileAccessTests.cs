using Campaigns.Db.Keys;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Stores.Keys;

/// <summary>Key files that other accounts of the machine can read.</summary>
public sealed class KeyFileAccessTests : IAsyncLifetime
{
    private CampaignFixture _campaign = null!;

    public async Task InitializeAsync() => _campaign = await new CampaignFixture().StartAsync();

    public async Task DisposeAsync() => await _campaign.DisposeAsync();

    [Theory]
    [InlineData("root-1.key", "o+r")]
    [InlineData("index-1.key", "g+r")]
    [InlineData("token-1.key", "o+w")]
    [InlineData("signing-1.key", "g+w")]
    [InlineData("", "g+rx")]
    [InlineData("", "o+x")]
    public async Task Key_that_others_reach_refuses_the_start_with_the_command_that_mends_it(string name, string mode)
    {
        var path = Path.Combine(_campaign.Folder, "keys", name).TrimEnd('/');
        await _campaign.RestartAsync(_ => Command.Run("chmod", mode, path), serving: false);

        var refused = await Assert.ThrowsAsync<KeysRefusedException>(() => _campaign.StartAsync());
        var command = refused.Message.Split("Run: ")[1];
        Assert.Equal($"chmod {(name.Length > 0 ? "600" : "700")} '{path}'", command);

        await _campaign.RestartAsync(_ => Command.Run("sh", "-c", command));
    }

    [Fact]
    public async Task Folder_that_others_reach_gets_no_keys()
    {
        var keys = Path.Combine(_campaign.Folder, "other", "keys");
        Command.Run("mkdir", "-p", "-m", "755", keys);
        await using var campaign = new CampaignFixture(folder: Path.Combine(_campaign.Folder, "other"));
        await Assert.ThrowsAsync<KeysRefusedException>(() => campaign.StartAsync());
        Assert.Empty(Directory.EnumerateFiles(keys, "*.key"));
    }
}
