using Campaigns.Db.Engine;
using Dapper;

namespace Campaigns.Db.Staff;

/// <summary>Remembers what members of staff saw, to tell them what is new.</summary>
public sealed class LookStore(Database database, TimeProvider time)
{
    private const string Select = """
        SELECT campaign_id, since_at, since_confirmed, since_held, since_withdrawn,
               last_at, last_confirmed, last_held, last_withdrawn
        FROM staff_looks WHERE staff_id = @staffId
        """;

    private const string Save = """
        INSERT INTO staff_looks (staff_id, campaign_id, since_at, since_confirmed, since_held, since_withdrawn,
                                 last_at, last_confirmed, last_held, last_withdrawn)
        VALUES (@staffId, @CampaignId, @SinceAt, @SinceConfirmed, @SinceHeld, @SinceWithdrawn,
                @LastAt, @LastConfirmed, @LastHeld, @LastWithdrawn)
        ON CONFLICT (staff_id, campaign_id) DO UPDATE
        SET since_at = excluded.since_at, since_confirmed = excluded.since_confirmed,
            since_held = excluded.since_held, since_withdrawn = excluded.since_withdrawn,
            last_at = excluded.last_at, last_confirmed = excluded.last_confirmed,
            last_held = excluded.last_held, last_withdrawn = excluded.last_withdrawn
        """;

    /// <summary>
    /// Records a look and returns what is new in each campaign that the member has seen before. The
    /// look is not recorded while the database takes no writes, because staff look at the problems
    /// then.
    /// </summary>
    public async Task<IReadOnlyList<LookChange>> LookAsync(long staffId, IReadOnlyList<LookFigures> figures)
    {
        var now = time.UtcNow();
        Dictionary<long, LookRow> known;
        using (var connection = database.Read())
            known = connection.Query<LookRow>(Select, new { staffId }).ToDictionary(row => row.CampaignId);
        var changes = new List<LookChange>();
        var looks = new List<LookRow>();
        foreach (var one in figures)
        {
            var before = known.GetValueOrDefault(one.CampaignId);
            if (before is not null && StaffVisit.Begins(before.LastAt, now))
                before = before with
                {
                    SinceAt = before.LastAt,
                    SinceConfirmed = before.LastConfirmed,
                    SinceHeld = before.LastHeld,
                    SinceWithdrawn = before.LastWithdrawn,
                };
            if (before is not null)
                changes.Add(before.Change(one));
            if (before is null || StaffVisit.IsRecorded(before.LastAt, now))
                looks.Add((before ?? LookRow.First(one, now)).At(one, now));
        }
        if (looks.Count > 0)
            await TryRecordAsync(staffId, looks);
        return changes;
    }

    /// <summary>Deletes what an ended member saw.</summary>
    internal static void Delete(WriteTransaction write, long staffId) =>
        write.Connection.Execute("DELETE FROM staff_looks WHERE staff_id = @staffId", new { staffId });

    private async Task TryRecordAsync(long staffId, List<LookRow> looks)
    {
        try
        {
            await database.Writes.RunAsync(write =>
            {
                foreach (var look in looks)
                {
                    var parameters = new DynamicParameters(look);
                    parameters.Add("staffId", staffId);
                    write.Connection.Execute(Save, parameters);
                }
                return true;
            });
        }
        catch (Exception error) when (error is StorageException or OverloadedException)
        {
            // The next look records it.
        }
    }

    private sealed record LookRow
    {
        public required long CampaignId { get; init; }
        public required DateTimeOffset SinceAt { get; init; }
        public required long SinceConfirmed { get; init; }
        public required long SinceHeld { get; init; }
        public required long SinceWithdrawn { get; init; }
        public required DateTimeOffset LastAt { get; init; }
        public required long LastConfirmed { get; init; }
        public required long LastHeld { get; init; }
        public required long LastWithdrawn { get; init; }

        public static LookRow First(LookFigures figures, DateTimeOffset now) =>
            new()
            {
                CampaignId = figures.CampaignId,
                SinceAt = now,
                SinceConfirmed = figures.Confirmed,
                SinceHeld = figures.Held,
                SinceWithdrawn = figures.Withdrawn,
                LastAt = now,
                LastConfirmed = figures.Confirmed,
                LastHeld = figures.Held,
                LastWithdrawn = figures.Withdrawn,
            };

        public LookRow At(LookFigures figures, DateTimeOffset now) =>
            this with
            {
                LastAt = now,
                LastConfirmed = figures.Confirmed,
                LastHeld = figures.Held,
                LastWithdrawn = figures.Withdrawn,
            };

        public LookChange Change(LookFigures figures) =>
            new(
                SinceAt,
                new LookFigures(
                    CampaignId,
                    figures.Confirmed - SinceConfirmed,
                    figures.Held - SinceHeld,
                    figures.Withdrawn - SinceWithdrawn
                )
            );
    }
}
