using Campaigns.Api.Endpoints.Signatures;
using Campaigns.Crypto;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Signatures;
using Campaigns.Signatures;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Campaigns.Api.Pages;

/// <summary>
/// The signer's own pages. The link in the letter shows a page with a button; the button sets a
/// cookie that replaces the link.
/// </summary>
internal static class MyPageEndpoints
{
    private const string Saved = "saved";
    private const string Withdrawn = "withdrawn";
    private const string Revoked = "revoked";
    private const string Refused = "refused";

    public static void MapMyPages(this IEndpointRouteBuilder pages)
    {
        pages.MapPage("/my/{manageToken}", ShowConfirmAction);
        pages.MapPost("/my/{manageToken}", Open);
        pages.MapPage("/my", Show);
        pages.MapPost("/my", Change);
        pages.MapPost("/my/unsubscribe", Unsubscribe);
        pages.MapPage("/my/receipt", Receipt);
        pages.MapPage("/my/withdraw", (HttpRequest request, ManageSessionCookie cookie) =>
            ShowAction(request, cookie, "Withdraw")
        );
        pages.MapPost("/my/withdraw", Withdraw);
        pages.MapPage("/my/erase", (HttpRequest request, ManageSessionCookie cookie) =>
            ShowAction(request, cookie, "Erase")
        );
        pages.MapPost("/my/erase", Erase);
        pages.MapPage("/my/erased", () => PageResults.Message("Erased"));
        pages.MapPost("/my/links/revoke", RevokeLinks);
        pages.MapPost("/my/sign-out", SignOut);
    }

    private static IResult ShowConfirmAction(string manageToken, MySignatureStore mine) =>
        mine.Find(LinkTokens.FromLink(manageToken)).Value is null
            ? PageResults.LinkNotUsable()
            : PageResults.Page<ConfirmActionPage>(new { Key = "MyDoor" });

    private static IResult Open(
        string manageToken,
        HttpRequest request,
        MySignatureStore mine,
        ManageSessionCookie cookie
    )
    {
        var token = LinkTokens.FromLink(manageToken);
        if (mine.Find(token).Value is null)
            return PageResults.LinkNotUsable();
        cookie.Write(request.HttpContext.Response, token);
        return PageResults.SeeOther(request, "/my");
    }

    private static IResult Show(
        HttpRequest request,
        ManageSessionCookie cookie,
        MySignatureStore mine,
        CampaignStore campaigns,
        string? done
    ) =>
        mine.Find(cookie.Read(request)).Value is { } signature
            ? Render(campaigns, signature, done is Saved or Withdrawn or Revoked ? done : null)
            : SignedOut(StatusCodes.Status401Unauthorized);

    private static async Task<IResult> Change(
        HttpRequest request,
        ManageSessionCookie cookie,
        MySignatureStore mine,
        CampaignStore campaigns
    )
    {
        if (await PageForm.ReadAsync(request) is not { } form)
            return PageForm.Refuse(request);
        var token = cookie.Read(request);
        var read = SignatureChangeParser.Read(form);
        var outcome = read.Value is { } change
            ? await mine.ChangeAsync(token, change with { Updates = PageForm.Choice(form, "consents.updates") })
            : read.Refusal!;
        if (outcome.Refusal is null)
            return PageResults.SeeOther(request, $"/my?done={Saved}");
        return mine.Find(token).Value is { } signature
            ? Render(
                campaigns,
                signature,
                Refused,
                outcome.Refusal.Errors is null ? StatusCodes.Status409Conflict : StatusCodes.Status400BadRequest,
                PageForm.Signature(form),
                outcome.Refusal
            )
            : SignedOut(StatusCodes.Status401Unauthorized);
    }

    private static IResult Receipt(
        HttpRequest request,
        ManageSessionCookie cookie,
        MySignatureStore mine,
        CampaignStore campaigns
    )
    {
        var token = cookie.Read(request);
        var outcome = mine.FindReceipt(token);
        if (outcome.Value is { } receipt)
        {
            // The file name is neutral, because other people may see the downloads of a phone.
            return Results.Bytes(receipt.ToJson(), "application/json", "receipt.json");
        }
        return mine.Find(token).Value is { } signature
            ? Render(
                campaigns,
                signature,
                outcome.Refusal == Refusal.NotYetSealed ? Refusal.NotYetSealed.Code : Refused,
                StatusCodes.Status409Conflict
            )
            : SignedOut(StatusCodes.Status401Unauthorized);
    }

    private static IResult ShowAction(HttpRequest request, ManageSessionCookie cookie, string key) =>
        cookie.Read(request) is null
            ? SignedOut(StatusCodes.Status401Unauthorized)
            : PageResults.Page<ConfirmActionPage>(
                new
                {
                    Key = key,
                    Grave = true,
                    Back = "/my",
                }
            );

    private static async Task<IResult> Withdraw(
        HttpRequest request,
        ManageSessionCookie cookie,
        MySignatureStore mine,
        CampaignStore campaigns
    )
    {
        var token = cookie.Read(request);
        if (await mine.WithdrawAsync(token) is null)
            return PageResults.SeeOther(request, $"/my?done={Withdrawn}");
        return mine.Find(token).Value is { } signature
            ? Render(campaigns, signature, Refused, StatusCodes.Status409Conflict)
            : SignedOut(StatusCodes.Status401Unauthorized);
    }

    // For a signer who withdrew and has nothing else to change.
    private static async Task<IResult> Unsubscribe(
        HttpRequest request,
        ManageSessionCookie cookie,
        MySignatureStore mine
    )
    {
        var outcome = await mine.ChangeAsync(cookie.Read(request), SignatureChange.None with { Updates = false });
        return outcome.Refusal is null
            ? PageResults.SeeOther(request, $"/my?done={Saved}")
            : SignedOut(StatusCodes.Status401Unauthorized);
    }

    private static async Task<IResult> Erase(HttpRequest request, ManageSessionCookie cookie, MySignatureStore mine)
    {
        if (await mine.EraseAsync(cookie.Read(request)) is not null)
            return SignedOut(StatusCodes.Status401Unauthorized);
        cookie.Clear(request.HttpContext.Response);
        return PageResults.SeeOther(request, "/my/erased");
    }

    // This browser goes on with a new session, because its old one ends with the links.
    private static async Task<IResult> RevokeLinks(
        HttpRequest request,
        ManageSessionCookie cookie,
        MySignatureStore mine
    )
    {
        var outcome = await mine.RevokeLinksAsync(cookie.Read(request));
        if (outcome.Value is not { } token)
            return SignedOut(StatusCodes.Status401Unauthorized);
        cookie.Write(request.HttpContext.Response, token);
        return PageResults.SeeOther(request, $"/my?done={Revoked}");
    }

    private static async Task<IResult> SignOut(
        HttpRequest request,
        HttpResponse response,
        ManageSessionCookie cookie,
        MySignatureStore mine
    )
    {
        await mine.EndSessionsAsync(cookie.Read(request));
        cookie.Clear(response);
        return SignedOut(StatusCodes.Status200OK);
    }

    private static RazorComponentResult<MessagePage> SignedOut(int status) => PageResults.Message("SignedOut", status);

    private static RazorComponentResult<MyPage> Render(
        CampaignStore campaigns,
        MySignature mine,
        string? notice,
        int status = StatusCodes.Status200OK,
        SignatureForm? form = null,
        Refusal? refusal = null
    ) =>
        PageResults.Page<MyPage>(
            new
            {
                Campaign = campaigns.Find(mine.Campaign)!,
                Mine = mine,
                Notice = notice,
                Form = form,
                Refusal = refusal,
            },
            status
        );
}
