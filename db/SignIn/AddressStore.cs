using Campaigns.Db.Engine;
using Campaigns.Db.Staff;
using Campaigns.Letters;
using Campaigns.Signatures;
using Campaigns.Staff;
using Dapper;

namespace Campaigns.Db.SignIn;

/// <summary>
/// The confirmation of addresses that members sign in with. A new address replaces the earlier one
/// only once its owner used the link of a letter, and a letter to the earlier one says so.
/// </summary>
public sealed class AddressStore(Database database, AccountStore accounts, MemberLetterStore letters)
{
    /// <summary>How long the link of a letter works.</summary>
    public static readonly TimeSpan LinkLifetime = TimeSpan.FromHours(72);

    private const string FindPending =
        "SELECT staff_id FROM staff_accounts WHERE pending_hash = @hash AND pending_until > @now";

    private const string CountConfirmed = """
        SELECT count(*) FROM staff m JOIN staff_accounts a ON a.staff_id = m.id
        WHERE m.role = @role AND m.revoked_at IS NULL AND a.confirmed_at IS NOT NULL
        """;

    /// <summary>False while no letter reaches an administrator.</summary>
    public bool ReachesAdministrator()
    {
        using var connection = database.Read();
        return connection.QuerySingle<long>(CountConfirmed, new { role = Role.Administrator }) > 0;
    }

    /// <summary>
    /// Asks the owner of an address to confirm it for a member, by letter. A newer request ends the
    /// link of an earlier one. Null once the letter is queued.
    /// </summary>
    /// <param name="staffId">The member.</param>
    /// <param name="typed">The address as typed: the member's own, or another one.</param>
    /// <param name="locale">The language of the letter.</param>
    public Task<AddressProblem?> RequestAsync(long staffId, string? typed, string locale)
    {
        if (EmailAddress.Parse(typed).Address is not { } address)
            return Task.FromResult<AddressProblem?>(AddressProblem.Malformed);
        return database.Writes.RunAsync<AddressProblem?>(write =>
        {
            if (accounts.Find(write.Connection, staffId) is not { } account)
                return AddressProblem.NoAccount;
            if (accounts.IsTaken(write.Connection, staffId, address.Typed))
                return AddressProblem.Taken;
            if (account.ConfirmedAt is not null && account.Address == address.Typed)
                return AddressProblem.Confirmed;
            if (!LetterRules.IsBelowLimit(MemberLetterStore.CountRecent(write, staffId), LetterRules.MostToMember))
                return AddressProblem.TooManyLetters;
            account.Locale = locale;
            Ask(write, account, address.Typed);
            new Actor(staffId).Audit(write, "address.request");
            return null;
        });
    }

    /// <summary>
    /// Confirms the address of a letter's link. A refusal if the link does not work, or if another
    /// member has the address now.
    /// </summary>
    public Task<Refusal?> ConfirmAsync(string token) =>
        database.Writes.RunAsync<Refusal?>(write =>
        {
            if (
                Find(write, token) is not { } staffId
                || accounts.Find(write.Connection, staffId) is not { PendingAddress: { } address } account
            )
                return Refusal.LinkNotUsable;
            if (accounts.IsTaken(write.Connection, staffId, address))
                return Refusal.WrongState;
            var earlier = account.ConfirmedAt is null || account.Address == address ? null : account.Address;
            (account.Address, account.ConfirmedAt) = (address, write.Now);
            (account.PendingAddress, account.PendingHash, account.PendingUntil) = (null, null, null);
            accounts.StoreChanged(write, account);
            if (earlier is not null)
                letters.Add(write, MemberLetterKind.Changed, account.Locale, staffId, earlier);
            new Actor(staffId).Audit(write, "address.confirm");
            return null;
        });

    /// <summary>True for a link that confirms an address.</summary>
    public bool Works(string token, DateTimeOffset now)
    {
        using var connection = database.Read();
        return connection.QuerySingleOrDefault<long?>(FindPending, Link(token, now)) is { } staffId
            && accounts.Find(connection, staffId) is not null;
    }

    /// <summary>
    /// Stores a changed account whose address waits for its letter, and queues the letter.
    /// </summary>
    internal void Ask(WriteTransaction write, StaffAccount account, string address)
    {
        var token = RandomToken.Create();
        account.PendingAddress = address;
        account.PendingHash = RandomToken.Hash(token);
        account.PendingUntil = write.Now + LinkLifetime;
        accounts.StoreChanged(write, account);
        letters.Add(write, MemberLetterKind.Confirm, account.Locale, account.StaffId, address, token);
    }

    private static long? Find(WriteTransaction write, string token) =>
        write.Connection.QuerySingleOrDefault<long?>(FindPending, Link(token, write.Now));

    private static object Link(string token, DateTimeOffset now) =>
        new { hash = RandomToken.Hash(token), now = now.ToUnixTimeMilliseconds() };
}
