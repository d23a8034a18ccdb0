using Campaigns.Api.Endpoints.Campaigns;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Engine;
using Campaigns.Db.Sharing;
using Campaigns.Db.Signatures;

namespace Campaigns.Api.Pages;

/// <summary>Takes the form of a campaign, from its page and from a frame.</summary>
internal sealed class SubmittedSignatures(
    CampaignStore campaigns,
    SigningStore signing,
    ShareTally shared,
    TimeProvider time
)
{
    public async Task<SubmittedSignature> SignAsync(Campaign campaign, IFormCollection fields, HttpRequest request)
    {
        var form = PageForm.Signature(fields);
        if (!campaign.AcceptsSignatures(time.UtcNow()))
            return new(campaign, form, Refusal.CampaignClosed);
        var checkedForm = form.Check(campaign, new FieldErrors());
        if (
            checkedForm.Value is { Disclosure: > Disclosure.Count }
            && fields["recipients"] is { Count: > 0 } seen
            && seen != campaign.RecipientsFingerprint
        )
            checkedForm = Refusal.RecipientsChanged;
        if (checkedForm.Value is not { } signature)
            return new(campaign, form, checkedForm.Refusal);
        try
        {
            if (
                await signing.SignAsync(campaign, signature, request.HttpContext.Connection.RemoteIpAddress) is
                { } changed
            )
                return new(await campaigns.FindPublicAsync(campaign.Slug) ?? campaign, form, changed);
        }
        catch (OverloadedException)
        {
            return new(campaign, form, Refusal.Overloaded);
        }
        if (ShareSource.Of(request) is { } source)
            shared.CountSigned(campaign.Id, source);
        return new(campaign, form, null, signature.Email.MeantDomain);
    }
}
