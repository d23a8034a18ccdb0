using Campaigns.Db.Campaigns;
using Campaigns.Db.Keys;
using Campaigns.Db.Operations.KeyRotation;
using Campaigns.Db.SignIn;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Keys;
using Microsoft.Extensions.Logging;

namespace Campaigns.Tests.Stores.Keys;

/// <summary>
/// The commands that change keys, each in a process of its own beside the server, and the job that
/// follows.
/// </summary>
internal static class KeyCommands
{
    /// <summary>Creates the next version; fails when that is refused.</summary>
    public static async Task<int> RotateKeyAsync(this CampaignFixture server, string kind)
    {
        var change = await server.TryRotateKeyAsync(kind);
        Assert.Null(change.Refused);
        return change.Version;
    }

    public static async Task<KeyChange> TryRotateKeyAsync(this CampaignFixture server, string kind)
    {
        await using var command = server.OpenCommand();
        return await command.Get<KeyStore>().RotateAsync(kind, Actor.Operator);
    }

    /// <summary>Returns the reason for a refusal; null when the key was retired.</summary>
    public static async Task<string?> TryRetireKeyAsync(this CampaignFixture server, string kind, int version)
    {
        await using var command = server.OpenCommand();
        return (await command.Get<KeyStore>().RetireAsync(kind, version, Actor.Operator)).Refused;
    }

    public static async Task<IReadOnlyList<KeyVersion>> ListKeysAsync(this CampaignFixture server)
    {
        await using var command = server.OpenCommand();
        return command.Get<KeyStore>().ListWithUses();
    }

    /// <summary>A member who signs in with an address, a password and an authenticator.</summary>
    public static async Task<long> AddAccountAsync(this CampaignFixture server, string email)
    {
        var invitations = server.Get<InvitationStore>();
        var (_, token) = await invitations.InviteAsync("Anne", Role.Auditor, [], Actor.Operator);
        var id = (await invitations.JoinAsync(token, new Joining(email, "hash", null))).Value;
        var accounts = server.Get<AccountStore>();
        var account = accounts.Find(id)!;
        (account.Authenticator, account.AuthenticatorAt) = ("secret"u8.ToArray(), server.Clock.GetUtcNow());
        Assert.True(await accounts.UpdateAsync(account));
        Assert.Null(await server.Get<AddressStore>().RequestAsync(id, "new." + email, "en"));
        return id;
    }

    /// <summary>Runs the scheduled job.</summary>
    public static Task ReencryptAsync(this CampaignFixture server)
    {
        using var logs = LoggerFactory.Create(logging => logging.AddProvider(server.Log));
        return new ReencryptJob(
            server.Get<KeyRing>(),
            server.Get<CampaignStore>(),
            server.Get<ReencryptionStore>(),
            server.Get<AccountReencryption>(),
            server.Get<HandoverReencryption>(),
            server.Get<SubscriberReencryption>(),
            logs.CreateLogger<ReencryptJob>()
        ).RunAsync(default);
    }
}
