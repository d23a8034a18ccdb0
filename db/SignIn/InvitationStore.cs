using Campaigns.Db.Engine;
using Campaigns.Db.Files;
using Campaigns.Db.Staff;
using Campaigns.Letters;
using Dapper;

namespace Campaigns.Db.SignIn;

/// <summary>
/// Invitations, and joining with one. Each is a link that works once and for
/// <see cref="Lifetime"/>; only its hash is stored.
/// </summary>
public sealed class InvitationStore(
    Database database,
    AccountStore accounts,
    AddressStore addresses,
    MemberLetterStore letters,
    TimeProvider time
)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(72);

    private const string Open = "i.used_at IS NULL AND i.ended_at IS NULL AND i.expires_at > @now";

    private const string Select = """
        SELECT i.id, i.staff_id, i.name, i.role, i.countries, i.created_at, i.expires_at, m.name AS invited_by
        FROM staff_invitations i LEFT JOIN staff m ON m.id = i.invited_by
        """;

    private const string Insert = """
        INSERT INTO staff_invitations
            (id, token_hash, staff_id, name, role, countries, invited_by, created_at, expires_at)
        VALUES (@id, @hash, @staffId, @name, @role, @countries, @invitedBy, @now, @expiresAt)
        """;

    private const string FindMember =
        "SELECT name, role, countries FROM staff WHERE id = @staffId AND revoked_at IS NULL";

    private const string Use = "UPDATE staff_invitations SET used_at = @now WHERE id = @Id";

    private const string ForgetCodes = "DELETE FROM staff_recovery_codes WHERE staff_id = @staffId";

    /// <summary>Invites a person; returns the secret of the link, which is not stored.</summary>
    /// <param name="name">The name.</param>
    /// <param name="role">What the person may do.</param>
    /// <param name="countries">The scope of an organiser.</param>
    /// <param name="actor">Who invites.</param>
    /// <param name="email">Where a letter brings the link; null for no letter.</param>
    public Task<(long Id, string Token)> InviteAsync(
        string name,
        string role,
        IReadOnlyList<string> countries,
        Actor actor,
        string? email = null
    ) =>
        database.Writes.RunAsync(write =>
        {
            var made = Add(write, null, name, role, countries, actor);
            if (email is not null)
                letters.Add(write, MemberLetterKind.Invitation, Locales.Default, null, email, made.Token);
            return made;
        });

    /// <summary>
    /// Lets a member set up the sign-in, for the first time or again; null without such a member. A
    /// letter tells a member who signs in, at the confirmed address.
    /// </summary>
    /// <param name="staffId">The member.</param>
    /// <param name="actor">Who invites.</param>
    /// <param name="email">Where a letter brings the link; null for no letter.</param>
    public Task<(long Id, string Token)?> InviteMemberAsync(long staffId, Actor actor, string? email = null) =>
        database.Writes.RunAsync(write =>
        {
            if (write.Connection.QuerySingleOrDefault<MemberRow>(FindMember, new { staffId }) is not { } member)
                return ((long, string)?)null;
            var made = Add(write, staffId, member.Name, member.Role, member.Countries, actor);
            var account = accounts.Find(write.Connection, staffId);
            var locale = account?.Locale ?? Locales.Default;
            if (account is { ConfirmedAt: not null, Address: { } address })
                letters.Add(write, MemberLetterKind.Reset, locale, staffId, address);
            if (email is not null)
                letters.Add(write, MemberLetterKind.Invitation, locale, staffId, email, made.Token);
            return made;
        });

    /// <summary>The invitation of a link; null if it was used or ended.</summary>
    public Invitation? Find(string token)
    {
        using var connection = database.Read();
        return connection.QuerySingleOrDefault<Invitation>(
            $"{Select} WHERE i.token_hash = @hash AND {Open}",
            new { hash = RandomToken.Hash(token), now = time.UtcNow().ToUnixTimeMilliseconds() }
        );
    }

    /// <summary>The invitations that still work, oldest first.</summary>
    public IReadOnlyList<Invitation> List()
    {
        using var connection = database.Read();
        return
        [
            .. connection.Query<Invitation>(
                $"{Select} WHERE {Open} ORDER BY i.id",
                new { now = time.UtcNow().ToUnixTimeMilliseconds() }
            ),
        ];
    }

    /// <summary>Ends an invitation; false if there is none that works.</summary>
    public Task<bool> EndAsync(long id, Actor actor) =>
        database.Writes.RunAsync(write =>
        {
            if (!EndedAccess.End(write, JournalRevocation.Invitation, id))
                return false;
            actor.Audit(write, "invitation.end", subject: Ids.Text(id));
            return true;
        });

    /// <summary>
    /// Uses an invitation: adds the member where there is none, and replaces everything that the
    /// member signed in with before. Returns the member's id, or a refusal if the link does not
    /// work or another member has the address.
    /// </summary>
    public Task<Outcome<long>> JoinAsync(string token, Joining joining) =>
        database.Writes.RunAsync<Outcome<long>>(write =>
        {
            var invitation = write.Connection.QuerySingleOrDefault<Invitation>(
                $"{Select} WHERE i.token_hash = @hash AND {Open}",
                new { hash = RandomToken.Hash(token), now = write.Now.ToUnixTimeMilliseconds() }
            );
            if (invitation is null)
                return Refusal.LinkNotUsable;
            // A refusal after a write would keep the write, so the address is checked first.
            if (accounts.IsTaken(write.Connection, invitation.MemberId, joining.Address))
                return Refusal.Validation("email", "Another member signs in with this address.");
            var staffId = invitation.MemberId;
            if (invitation.StaffId is null)
                StaffStore.Add(write, staffId, invitation.Name, invitation.Role, invitation.Countries, Actor.Operator);
            Replace(write, staffId, joining);
            write.Connection.Execute(Use, new { invitation.Id, now = write.Now.ToUnixTimeMilliseconds() });
            EndedAccess.End(write, JournalRevocation.Invitation, invitation.Id);
            new Actor(staffId).Audit(write, "invitation.use", subject: Ids.Text(invitation.Id));
            return staffId;
        });

    private void Replace(WriteTransaction write, long staffId, Joining joining)
    {
        SessionStore.EndAllBut(write, staffId, except: null);
        PasskeyStore.EndAll(write, staffId);
        write.Connection.Execute(ForgetCodes, new { staffId });
        AccountStore.Add(write, staffId);
        var account = accounts.Find(write.Connection, staffId)!;
        if (account.Address != joining.Address)
            (account.Address, account.ConfirmedAt) = (joining.Address, null);
        account.Locale = joining.Locale;
        // A change of the address that was asked for before ends with everything else.
        (account.PendingAddress, account.PendingHash, account.PendingUntil) = (null, null, null);
        account.PasswordHash = joining.PasswordHash;
        account.Authenticator = null;
        account.AuthenticatorAt = null;
        account.Stamp = AccountStore.RandomStamp();
        account.SignInChanged = true;
        if (account.ConfirmedAt is null)
            addresses.Ask(write, account, joining.Address);
        else
            accounts.StoreChanged(write, account);
        if (joining.Passkey is { } passkey)
            PasskeyStore.Add(write, staffId, passkey);
    }

    private static (long Id, string Token) Add(
        WriteTransaction write,
        long? staffId,
        string name,
        string role,
        IReadOnlyList<string> countries,
        Actor actor
    )
    {
        var (id, token) = (write.NextId(), RandomToken.Create());
        write.Connection.Execute(
            Insert,
            new
            {
                id,
                hash = RandomToken.Hash(token),
                staffId,
                name,
                role,
                countries = Lists.Write(countries),
                invitedBy = actor.StaffId,
                now = write.Now.ToUnixTimeMilliseconds(),
                expiresAt = (write.Now + Lifetime).ToUnixTimeMilliseconds(),
            }
        );
        actor.Audit(write, "invitation.add", subject: Ids.Text(id), detail: role);
        return (id, token);
    }

    private sealed class MemberRow
    {
        public required string Name { get; init; }
        public required string Role { get; init; }
        public IReadOnlyList<string> Countries { get; init; } = [];
    }
}
