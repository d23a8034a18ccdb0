using Campaigns.Db.Engine;
using Campaigns.Db.Files;
using Campaigns.Db.Staff;
using Dapper;

namespace Campaigns.Db.SignIn;

/// <summary>
/// The sessions of the console. A session ends after <see cref="Longest"/>, after
/// <see cref="LongestIdle"/> without a request, when the member signs out or ends it, or when the
/// member's access ends. Every request reads its row, so the end takes effect at once.
/// </summary>
public sealed class SessionStore(Database database, TimeProvider time)
{
    public static readonly TimeSpan Longest = TimeSpan.FromHours(12);
    public static readonly TimeSpan LongestIdle = TimeSpan.FromMinutes(60);

    /// <summary>How long a proof of the second factor suffices for changes of access.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(15);

    // Written at most once a minute, because a write for each request would compete with signing.
    private static readonly TimeSpan _seenEvery = TimeSpan.FromMinutes(1);

    private const string Active =
        "s.ended_at IS NULL AND s.created_at > @oldest AND s.seen_at > @idle AND m.revoked_at IS NULL";

    private const string Select = """
        SELECT s.id, s.staff_id, s.device, s.created_at, s.seen_at, s.second_factor_at,
            m.name, m.role, m.countries, m.created_at AS member_since
        FROM staff_sessions s JOIN staff m ON m.id = s.staff_id
        """;

    private const string Insert = """
        INSERT INTO staff_sessions (id, staff_id, key_hash, device, created_at, seen_at, second_factor_at)
        VALUES (@id, @staffId, @hash, @device, @now, @now, @secondFactorAt)
        """;

    // Sessions stay for 90 days, and so long a device is known.
    private const string CountDevice =
        "SELECT count(*) FROM staff_sessions WHERE staff_id = @staffId AND device = @device";

    private const string See = "UPDATE staff_sessions SET seen_at = @now WHERE id = @id AND seen_at < @now";

    private const string Prove = "UPDATE staff_sessions SET second_factor_at = @now WHERE id = @id";

    private const string Others = """
        SELECT id FROM staff_sessions WHERE staff_id = @staffId AND id <> @except AND ended_at IS NULL
        """;

    /// <summary>Starts a session and returns its key, which is not stored.</summary>
    /// <param name="staffId">The member.</param>
    /// <param name="device">The browser and its system.</param>
    /// <param name="secondFactor">True if the member proved a second factor just now.</param>
    public Task<string> StartAsync(long staffId, string device, bool secondFactor) =>
        database.Writes.RunAsync(write =>
        {
            var key = RandomToken.Create();
            var now = write.Now.ToUnixTimeMilliseconds();
            var known = write.Connection.QuerySingle<long>(CountDevice, new { staffId, device }) > 0;
            write.Connection.Execute(
                Insert,
                new
                {
                    id = write.NextId(),
                    staffId,
                    hash = RandomToken.Hash(key),
                    device,
                    now,
                    secondFactorAt = secondFactor ? now : (long?)null,
                }
            );
            new Actor(staffId).Audit(write, known ? "session.start" : "session.new-device", detail: device);
            return key;
        });

    /// <summary>The session of a key; null if there is none or it ended.</summary>
    public StaffSession? Find(string key)
    {
        using var connection = database.Read();
        return connection
            .QuerySingleOrDefault<SessionRow>(
                $"{Select} WHERE s.key_hash = @hash AND {Active}",
                Limits(new { hash = RandomToken.Hash(key) })
            )
            ?.ToSession();
    }

    /// <summary>The sessions of a member that have not ended, newest first.</summary>
    public IReadOnlyList<StaffSession> List(long staffId)
    {
        using var connection = database.Read();
        return
        [
            .. connection
                .Query<SessionRow>(
                    $"{Select} WHERE s.staff_id = @staffId AND {Active} ORDER BY s.id DESC",
                    Limits(new { staffId })
                )
                .Select(row => row.ToSession()),
        ];
    }

    /// <summary>Records that a session is used.</summary>
    public Task SeeAsync(StaffSession session) =>
        time.UtcNow() - session.SeenAt < _seenEvery
            ? Task.CompletedTask
            : database.Writes.RunAsync(write =>
                write.Connection.Execute(See, new { id = session.Id, now = write.Now.ToUnixTimeMilliseconds() })
            );

    /// <summary>Records that the member proved a second factor in a session.</summary>
    public Task ProveAsync(StaffSession session) =>
        database.Writes.RunAsync(write =>
            write.Connection.Execute(Prove, new { id = session.Id, now = write.Now.ToUnixTimeMilliseconds() })
        );

    /// <summary>Ends all other sessions of the member of a session.</summary>
    public Task EndOthersAsync(StaffSession session) =>
        database.Writes.RunAsync(write =>
        {
            EndAllBut(write, session.Member.Id, session.Id);
            return true;
        });

    /// <summary>Ends a session of a member; false if the member has no such session.</summary>
    public Task<bool> EndAsync(long staffId, long id) =>
        database.Writes.RunAsync(write => EndedAccess.EndOwn(write, JournalRevocation.Session, staffId, id));

    /// <summary>
    /// Ends all sessions of a member but one, in the transaction of a change of access.
    /// </summary>
    internal static void EndAllBut(WriteTransaction write, long staffId, long? except)
    {
        foreach (var id in write.Connection.Query<long>(Others, new { staffId, except = except ?? 0 }))
            EndedAccess.End(write, JournalRevocation.Session, id);
    }

    private DynamicParameters Limits(object condition)
    {
        var now = time.UtcNow();
        var parameters = new DynamicParameters(condition);
        parameters.Add("oldest", (now - Longest).ToUnixTimeMilliseconds());
        parameters.Add("idle", (now - LongestIdle).ToUnixTimeMilliseconds());
        return parameters;
    }

    private sealed class SessionRow
    {
        public required long Id { get; init; }
        public required long StaffId { get; init; }
        public required string Device { get; init; }
        public required DateTimeOffset CreatedAt { get; init; }
        public required DateTimeOffset SeenAt { get; init; }
        public required DateTimeOffset? SecondFactorAt { get; init; }
        public required string Name { get; init; }
        public required string Role { get; init; }
        public required IReadOnlyList<string>? Countries { get; init; }
        public required DateTimeOffset MemberSince { get; init; }

        public StaffSession ToSession() =>
            new()
            {
                Id = Id,
                Device = Device,
                CreatedAt = CreatedAt,
                SeenAt = SeenAt,
                SecondFactorAt = SecondFactorAt,
                Member = new StaffMember
                {
                    Id = StaffId,
                    Name = Name,
                    Role = Role,
                    Countries = Countries ?? [],
                    CreatedAt = MemberSince,
                    RevokedAt = null,
                },
            };
    }
}
