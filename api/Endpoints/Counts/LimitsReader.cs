using Campaigns.Api.Http.Access;
using Campaigns.Db;
using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;
using Campaigns.Signatures;
using Microsoft.Extensions.Options;

namespace Campaigns.Api.Endpoints.Counts;

/// <summary>
/// Reads the limits with what they did, for the screen and for the JSON. How often a limit acted is
/// known by the hour only, and few times never: a member who tries an address would see from it
/// whether the address has signed.
/// </summary>
internal sealed class LimitsReader(
    IOptions<LimitOptions> limits,
    LimitTally tally,
    ModerationStore moderation,
    TimeProvider time
)
{
    public LimitsView Read(Campaign campaign, StaffMember member)
    {
        var set = limits.Value;
        var held = Coarse.AppliesTo(member, campaign) ? null : moderation.CountOnHold(campaign.Id);
        return new LimitsView(
            time.UtcNow().FullHour(),
            tally.Since,
            set.Enabled,
            [
                One(nameof(set.HoldAfterPerNetworkPerHour), set.HoldAfterPerNetworkPerHour, SigningRules.NetworkHold),
                One(nameof(set.HoldAfterPerMailbox), set.HoldAfterPerMailbox, SigningRules.AlikeHold),
                One(nameof(set.RefuseSigningPerNetworkPerHour), set.RefuseSigningPerNetworkPerHour),
                One(nameof(set.RefuseOtherPerNetworkPerMinute), set.RefuseOtherPerNetworkPerMinute),
                One(nameof(set.RefuseStaffFailuresPerNetworkPerMinute), set.RefuseStaffFailuresPerNetworkPerMinute),
                One(nameof(set.StreamsPerNetwork), set.StreamsPerNetwork),
                One(nameof(set.LettersPerAddressPerWeek), set.LettersPerAddressPerWeek),
                One(nameof(set.LettersPerMailboxPerHour), set.LettersPerMailboxPerHour),
                One(nameof(set.LettersPerMailboxPerDay), set.LettersPerMailboxPerDay),
                One(nameof(set.LettersPerMailDomainPerHour), set.LettersPerMailDomainPerHour),
            ]
        );

        LimitView One(string name, int value, string? hold = null)
        {
            var times = tally.Read(name);
            return new LimitView(
                name,
                value,
                Coarse.ValueOrZero(times),
                hold is null ? null : held?.GetValueOrDefault(hold)
            );
        }
    }
}
