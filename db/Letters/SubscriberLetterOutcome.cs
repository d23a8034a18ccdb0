using Campaigns.Crypto;
using Campaigns.Db.Bounces;
using Campaigns.Db.Engine;
using Campaigns.Letters;
using Campaigns.Signatures;
using Campaigns.Subscribers;
using Dapper;

namespace Campaigns.Db.Letters;

/// <summary>What the outcome of a letter changes about its subscriber.</summary>
internal static class SubscriberLetterOutcome
{
    private const string ProlongLink = $"""
        UPDATE subscribers SET expires_at = @until
        WHERE campaign_id = @CampaignId AND id = @id AND generation = @Generation
          AND state = '{SubscriberState.Pending}'
        """;

    public static void Write(
        WriteTransaction write,
        LetterOutcome<DueLetter> outcome,
        long id,
        BlindIndex index,
        TimeSpan unconfirmedFor
    )
    {
        var letter = outcome.Letter;
        if (LetterRules.RestartsLink(letter.Kind, outcome.Result.State, letter.CreatedAt, write.Now))
            write.Connection.Execute(
                ProlongLink,
                new
                {
                    letter.CampaignId,
                    id,
                    letter.Generation,
                    until = write.Now + unconfirmedFor,
                }
            );
        if (outcome.Result.Bounce != BounceKind.Other && EmailAddress.Parse(letter.Email).Address is { } email)
            SubscriberRefusals.Record(
                write,
                index,
                letter.CampaignId,
                email,
                outcome.Result.Bounce,
                outcome.Result.Failure ?? ""
            );
    }
}
