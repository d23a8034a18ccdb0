using Campaigns.Api.Http.Access;
using Campaigns.Db.Sharing;
using Campaigns.Db.Staff;
using Campaigns.Worker;

namespace Campaigns.Api.Endpoints.Sharing;

/// <summary>Reads the share codes of a campaign as a member may see them.</summary>
internal sealed class ShareCodeReader(ShareCodeStore codes, PublicAddress site)
{
    public ShareCodesView Read(Campaign campaign, StaffMember member)
    {
        var coarse = Coarse.AppliesTo(member, campaign);
        var other = codes.FindOther(campaign.Id);
        return new ShareCodesView(
            [.. codes.List(campaign.Id).Select(code => View(campaign, code, coarse))],
            null,
            new OtherSharesView(Shown(other.Visits, coarse), Shown(other.Forms, coarse))
        );
    }

    public ShareCodeView View(Campaign campaign, ShareCode code, StaffMember member) =>
        View(campaign, code, Coarse.AppliesTo(member, campaign));

    private ShareCodeView View(Campaign campaign, ShareCode code, bool coarse) =>
        new(
            code.Code,
            code.Title,
            $"{site.Url}/c/{campaign.Slug}?s={code.Code}",
            code.CreatedAt,
            Shown(code.Visits, coarse),
            Shown(code.Forms, coarse)
        );

    private static long? Shown(long number, bool coarse) => coarse ? Coarse.Value(number) : number;
}
