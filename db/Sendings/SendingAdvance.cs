using Campaigns.Letters;
using Campaigns.Sendings;
using Campaigns.Timeline;
using Dapper;

namespace Campaigns.Db.Sendings;

/// <summary>
/// Starts sendings whose time has come, ends those whose last letter is done, and cancels those
/// whose update was withdrawn.
/// </summary>
public sealed class SendingAdvance(Database database, TimeProvider time)
{
    private const string SelectDue = $"""
        SELECT s.update_id,
               CASE WHEN e.state = '{EntryState.Withdrawn}' THEN '{nameof(SendingAct.Cancel)}'
                    WHEN s.state = '{SendingState.Scheduled}' THEN '{nameof(SendingAct.Start)}'
                    ELSE '{nameof(SendingAct.Finish)}' END AS act
        FROM sendings s JOIN timeline_entries e ON e.id = s.update_id
        WHERE s.state IN ('{SendingState.Scheduled}', '{SendingState.Sending}', '{SendingState.Paused}')
          AND (e.state = '{EntryState.Withdrawn}'
            OR s.state = '{SendingState.Scheduled}' AND s.not_before <= @now
            OR s.state = '{SendingState.Sending}' AND s.walked >= s.last_subscriber AND NOT EXISTS (
                SELECT 1 FROM update_letters l
                WHERE l.update_id = s.update_id AND l.state = '{LetterState.Queued}'))
        ORDER BY s.update_id
        """;

    /// <summary>True if a sending starts or ends now. Writes nothing.</summary>
    public bool IsDue() => FindDue().Count > 0;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var due in FindDue())
            await database.Writes.RunAsync(
                write =>
                {
                    // Another worker or a member may have changed it.
                    if (SendingTable.Find(write, due.UpdateId) is not { } row)
                        return false;
                    var transition = SendingLifecycle.Find(row.State, due.Act);
                    if (
                        transition.Refusal is not null
                        || transition.State == row.State
                        || (due.Act == SendingAct.Finish && row.IsWalking)
                    )
                        return false;
                    if (due.Act == SendingAct.Start)
                        SendingTable.Start(write, row);
                    else
                        SendingTable.Set(write, due.UpdateId, transition.State!);
                    return true;
                },
                cancellationToken
            );
    }

    private List<DueRow> FindDue()
    {
        using var connection = database.Read();
        return [.. connection.Query<DueRow>(SelectDue, new { now = time.UtcNow() })];
    }

    private sealed class DueRow
    {
        public required long UpdateId { get; init; }
        public required SendingAct Act { get; init; }
    }
}
