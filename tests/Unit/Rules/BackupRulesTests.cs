using Campaigns.Backups;

namespace Campaigns.Tests.Unit.Rules;

public sealed class BackupRulesTests
{
    private static readonly DateTimeOffset _now = new(2026, 5, 17, 9, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan _day = TimeSpan.FromDays(1);

    [Theory]
    [InlineData(-24 * 60, null, true)]
    [InlineData(-23 * 60, null, false)]
    [InlineData(-10, "disk-full", true)]
    [InlineData(-9, "disk-full", false)]
    [InlineData(1, null, true)]
    public void Backup_is_due_after_its_time_a_failure_or_a_clock_set_back(int minutes, string? failure, bool due) =>
        Assert.Equal(
            due,
            BackupRules.IsDue(
                new BackupAttempt
                {
                    AttemptedAt = _now.AddMinutes(minutes),
                    Failure = failure,
                    MadeAt = null,
                    Bytes = null,
                },
                _day,
                _now
            )
        );

    [Fact]
    public void First_backup_is_due() => Assert.True(BackupRules.IsDue(null, _day, _now));

    [Fact]
    public void Surplus_is_what_is_older_than_the_newest() =>
        Assert.Equal([2, 1], BackupRules.Surplus([1, 5, 2, 4], 2));
}
