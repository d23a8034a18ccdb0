using Campaigns.Db.SignIn;
using Campaigns.Db.Staff;
using Campaigns.Letters;

namespace Campaigns.Db.Sendings;

/// <summary>Mails an update to the member who asks, before or after it is published.</summary>
public sealed class UpdateTestStore(Database database, AccountStore accounts, MemberLetterStore letters)
{
    /// <summary>
    /// Queues the letter. Refused with <c>wrong-state</c> if the member has no confirmed address,
    /// and with <c>rate-limited</c> after many tests in a day.
    /// </summary>
    public Task<Refusal?> SendAsync(Campaign campaign, long updateId, string locale, Actor actor) =>
        database.Writes.RunAsync(write =>
        {
            if (
                actor.StaffId is not { } member
                || accounts.Find(write.Connection, member) is not { ConfirmedAt: not null } account
            )
                return Refusal.WrongStateAt("$", "You have no confirmed address. Confirm one under Account.");
            if (MemberLetterStore.CountRecent(write, member, MemberLetterKind.UpdateTest) >= LetterRules.MostTests)
                return Refusal.RateLimited;
            letters.AddTest(write, account, updateId, locale);
            actor.Audit(write, "update.test", campaign.Slug, Ids.Text(updateId));
            return null;
        });
}
