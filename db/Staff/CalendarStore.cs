using Campaigns.Db.Files;
using Dapper;

namespace Campaigns.Db.Staff;

/// <summary>
/// Addresses by which calendar programs of members read the days of hand-overs. The token of an
/// address is shown once; only its hash is stored.
/// </summary>
public sealed class CalendarStore(Database database, TimeProvider time)
{
    // A write for each request would compete with signing.
    private static readonly TimeSpan _usedEvery = TimeSpan.FromHours(1);

    private const string SelectHolder = """
        SELECT m.id, m.name, m.role, m.countries, m.created_at, m.revoked_at,
            c.id AS calendar_id, c.campaign_id, c.created_at AS calendar_created_at, c.used_at
        FROM staff_calendars c JOIN staff m ON m.id = c.staff_id
        WHERE c.token_hash = @hash AND c.ended_at IS NULL AND m.revoked_at IS NULL
        """;

    private const string SelectCalendars = """
        SELECT id, campaign_id, created_at, used_at FROM staff_calendars
        WHERE staff_id = @staffId AND ended_at IS NULL ORDER BY id
        """;

    private const string Insert = """
        INSERT INTO staff_calendars (id, staff_id, campaign_id, token_hash, created_at)
        VALUES (@id, @staffId, @campaignId, @hash, @now)
        """;

    private const string Use = "UPDATE staff_calendars SET used_at = @now WHERE id = @id";

    /// <summary>Makes an address and returns its token; it cannot be shown again.</summary>
    /// <param name="staffId">The member.</param>
    /// <param name="campaign">The only campaign; null for every one that the member
    /// reaches.</param>
    public Task<(long Id, string Token)> AddAsync(long staffId, Campaign? campaign) =>
        database.Writes.RunAsync(write =>
        {
            var token = RandomToken.Create();
            var id = write.NextId();
            write.Connection.Execute(
                Insert,
                new
                {
                    id,
                    staffId,
                    campaignId = campaign?.Id,
                    hash = RandomToken.Hash(token),
                    now = write.Now.ToUnixTimeMilliseconds(),
                }
            );
            new Actor(staffId).Audit(write, "calendar.add", campaign?.Slug, Ids.Text(id));
            return (id, token);
        });

    /// <summary>The addresses of a member that work, oldest first.</summary>
    public IReadOnlyList<StaffCalendar> List(long staffId)
    {
        using var connection = database.Read();
        return [.. connection.Query<StaffCalendar>(SelectCalendars, new { staffId })];
    }

    /// <summary>
    /// Ends an address of a member, also in a database that is restored later; false if the member
    /// has no such address.
    /// </summary>
    public Task<bool> EndAsync(long staffId, long id) =>
        database.Writes.RunAsync(write => EndedAccess.EndOwn(write, JournalRevocation.Calendar, staffId, id));

    /// <summary>
    /// The address with this token and its member; null if it is unknown or ended, or the member
    /// left.
    /// </summary>
    public CalendarHolder? Find(string token)
    {
        using var connection = database.Read();
        return connection
            .QuerySingleOrDefault<CalendarRow>(SelectHolder, new { hash = RandomToken.Hash(token) })
            ?.ToHolder();
    }

    /// <summary>Records that an address is read.</summary>
    public Task UseAsync(StaffCalendar calendar) =>
        calendar.UsedAt is { } used && time.UtcNow() - used < _usedEvery
            ? Task.CompletedTask
            : database.Writes.RunAsync(write =>
                write.Connection.Execute(Use, new { id = calendar.Id, now = write.Now.ToUnixTimeMilliseconds() })
            );

    private sealed class CalendarRow : HolderRow
    {
        public required long CalendarId { get; init; }
        public required long? CampaignId { get; init; }
        public required DateTimeOffset CalendarCreatedAt { get; init; }
        public required DateTimeOffset? UsedAt { get; init; }

        public CalendarHolder ToHolder() =>
            new(
                ToMember(),
                new StaffCalendar
                {
                    Id = CalendarId,
                    CampaignId = CampaignId,
                    CreatedAt = CalendarCreatedAt,
                    UsedAt = UsedAt,
                }
            );
    }
}
