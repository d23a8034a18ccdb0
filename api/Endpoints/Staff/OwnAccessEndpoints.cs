using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Api.StaffConsole.Account;
using Campaigns.Api.StaffConsole.SignIn;
using Campaigns.Db.SignIn;
using Campaigns.Db.Staff;

namespace Campaigns.Api.Endpoints.Staff;

internal sealed record OwnView(
    string Id,
    string Name,
    string Role,
    IReadOnlyList<string> Countries,
    string? Email,
    bool EmailConfirmed,
    string? EmailPending,
    string? EmailLetter,
    string SecondFactor,
    int RecoveryCodes
);

internal sealed record TokenView(
    string Id,
    string Name,
    bool ReadOnly,
    DateTimeOffset CreatedAt,
    DateTimeOffset? UsedAt,
    DateTimeOffset? ExpiresAt
)
{
    public static TokenView From(StaffToken token) =>
        new(Ids.Text(token.Id), token.Name, token.ReadOnly, token.CreatedAt, token.UsedAt, token.ExpiresAt);
}

/// <summary>A new token; it is not shown again.</summary>
internal sealed record NewTokenView(string Id, string Token);

internal sealed record TokenFields(string Name, int Days, bool ReadOnly);

internal sealed record SessionView(
    string Id,
    string Device,
    DateTimeOffset CreatedAt,
    DateTimeOffset SeenAt,
    bool Current
);

internal sealed record PasskeyView(
    string Id,
    string Name,
    string Host,
    DateTimeOffset CreatedAt,
    DateTimeOffset? UsedAt
)
{
    public static PasskeyView From(Passkey passkey) =>
        new(Ids.Text(passkey.Id), passkey.Name, passkey.Host, passkey.CreatedAt, passkey.UsedAt);
}

internal sealed record RecoveryCodesView(IReadOnlyList<string> Codes);

/// <summary>A member's own access.</summary>
internal static class OwnAccessEndpoints
{
    private static readonly DateTimeOffset _day = new(2019, 5, 17, 9, 0, 0, TimeSpan.Zero);

    public static void MapOwnAccess(this RouteGroupBuilder staff)
    {
        staff
            .MapGet("/me", Show)
            .RequireMember()
            .Describe("getOwnAccess", Tag.StaffAccess, "The member of this token or session.")
            .ProducesJson(
                new OwnView(
                    "463856467968002048",
                    "Kari",
                    Role.Organiser,
                    ["NO"],
                    "kari@example.org",
                    true,
                    "kari.new@example.org",
                    "sent",
                    "passkey",
                    10
                )
            );
        staff
            .MapGet("/me/tokens", (HttpContext context, TokenStore tokens) =>
                TypedResults.Ok(
                    new ListView<TokenView>([.. tokens.List(context.Member().Id).Select(TokenView.From)], null)
                )
            )
            .RequireMember()
            .Describe("listOwnTokens", Tag.StaffAccess, "Lists the member's tokens that work.")
            .ProducesJson(
                new ListView<TokenView>(
                    [new TokenView("463856467968002048", "counts on the wall", true, _day, _day, _day.AddDays(90))],
                    null
                )
            );
        staff
            .MapPost("/me/tokens", AddTokenAsync)
            .RequireRole(Role.Campaigner, Role.Organiser, Role.Auditor)
            .RequireFreshSession()
            .Describe("addOwnToken", Tag.StaffAccess, "Makes a token; it is not shown again.")
            .AcceptsJson(new TokenFields("counts on the wall", 90, true))
            .ProducesJson(new NewTokenView("463856467968002048", "cst_…"), StatusCodes.Status201Created)
            .ProducesProblems(Refusal.Invalid, Refusal.BodyTooLarge, Refusal.MediaType, Refusal.Overloaded);
        staff
            .MapDelete("/me/tokens/{id}", (string id, HttpContext context, TokenStore tokens) =>
                AnswerAsync(id, one => tokens.EndAsync(context.Member().Id, one))
            )
            .RequireRole(Role.Campaigner, Role.Organiser, Role.Auditor)
            .RequireFreshSession()
            .Describe("endOwnToken", Tag.StaffAccess, "Ends a token of the member.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblems(Refusal.Overloaded);
        staff
            .MapGet("/me/sessions", ListSessions)
            .RequireMember()
            .Describe("listOwnSessions", Tag.StaffAccess, "Lists where the member is signed in.")
            .ProducesJson(
                new ListView<SessionView>(
                    [new SessionView("463856467968002048", "Firefox, Linux", _day, _day, true)],
                    null
                )
            );
        staff
            .MapDelete("/me/sessions/{id}", (string id, HttpContext context, SessionStore sessions) =>
                AnswerAsync(id, one => sessions.EndAsync(context.Member().Id, one))
            )
            .RequireMember()
            .Describe("endOwnSession", Tag.StaffAccess, "Ends a session of the member.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblems(Refusal.Overloaded);
        staff
            .MapGet("/me/passkeys", (HttpContext context, PasskeyStore passkeys) =>
                TypedResults.Ok(
                    new ListView<PasskeyView>([.. passkeys.List(context.Member().Id).Select(PasskeyView.From)], null)
                )
            )
            .RequireMember()
            .Describe("listOwnPasskeys", Tag.StaffAccess, "Lists the member's passkeys.")
            .ProducesJson(
                new ListView<PasskeyView>(
                    [new PasskeyView("463856467968002048", "phone", "petitions.example.org", _day, _day)],
                    null
                )
            );
        staff
            .MapDelete("/me/passkeys/{id}", EndPasskeyAsync)
            .RequireRole(Role.Campaigner, Role.Organiser, Role.Auditor)
            .RequireFreshSession()
            .Describe(
                "endOwnPasskey",
                Tag.StaffAccess,
                "Ends a passkey of the member, unless it is the only second factor."
            )
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblems(Refusal.WrongState, Refusal.Overloaded);
        staff
            .MapGet("/me/events", (HttpContext context, AuditStore audit) =>
                TypedResults.Ok(
                    new ListView<AuditEntry>(audit.ListAccess(context.Member().Id, AccountEndpoints.MostEvents), null)
                )
            )
            .RequireMember()
            .Describe("listOwnEvents", Tag.StaffAccess, "Lists what happened to the member's access, newest first.")
            .ProducesJson(
                new ListView<AuditEntry>(
                    [
                        new AuditEntry(
                            "463856467968002048",
                            _day,
                            "Kari",
                            "session.new-device",
                            null,
                            null,
                            "Firefox, Linux",
                            "463856467968002000"
                        ),
                    ],
                    null
                )
            );
        staff
            .MapPost("/me/recovery-codes", MakeCodesAsync)
            .RequireRole(Role.Campaigner, Role.Organiser, Role.Auditor)
            .RequireFreshSession()
            .Describe("makeRecoveryCodes", Tag.StaffAccess, "Replaces the recovery codes; they are not shown again.")
            .ProducesJson(new RecoveryCodesView(["7XK2F-PQ9RT"]))
            .ProducesProblems(Refusal.WrongState, Refusal.Overloaded);
    }

    private static IResult Show(
        HttpContext context,
        AccountStore accounts,
        PasskeyStore passkeys,
        RecoveryCodeStore codes,
        MemberLetterStore letters
    )
    {
        var member = context.Member();
        var account = accounts.Find(member.Id);
        var secondFactor =
            passkeys.List(member.Id).Count > 0 ? "passkey"
            : account is null ? "token"
            : account.HasAuthenticator ? "authenticator"
            : "none";
        return TypedResults.Ok(
            new OwnView(
                Ids.Text(member.Id),
                member.Name,
                member.Role,
                member.Countries,
                account?.Address,
                account?.ConfirmedAt is not null,
                account?.PendingAddress,
                account?.PendingAddress is null ? null : letters.FindNewest(member.Id),
                secondFactor,
                codes.Count(member.Id)
            )
        );
    }

    private static async Task<IResult> AddTokenAsync(HttpRequest request, TokenStore tokens)
    {
        var body = await JsonBody.ReadAsync(request, JsonBody.Small, fields =>
        {
            fields.Only("name", "days", "readOnly");
            var readOnly = fields.Boolean("readOnly") ?? false;
            var (name, days) = (fields.String("name"), fields.Integer("days", 1, TokenRequest.MostDays));
            return fields.Errors.ToRefusal() is { } refusal ? refusal : TokenRequest.From(name, days, readOnly);
        });
        if (body.Value is not { } asked)
            return body.Refusal!.ToProblem();
        var member = request.HttpContext.Member();
        var (id, token) = await tokens.AddAsync(member.Id, asked.Name, asked.ReadOnly, asked.Lifetime);
        return TypedResults.Json(new NewTokenView(Ids.Text(id), token), statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> EndPasskeyAsync(string id, HttpContext context, PasskeyStore passkeys)
    {
        var view = AccountEndpoints.Read(context);
        if (!Ids.TryParse(id, out var passkey) || view.Passkeys.All(own => own.Id != passkey))
            return Refusal.NotFound.ToProblem();
        if (view.IsOnlySecondFactor(passkey))
            return Refusal.WrongState.ToProblem();
        await passkeys.EndAsync(context.Member().Id, passkey);
        return TypedResults.NoContent();
    }

    private static IResult ListSessions(HttpContext context, SessionStore sessions)
    {
        var current = SignedIn.Of(context)!.Session?.Id;
        return TypedResults.Ok(
            new ListView<SessionView>(
                [
                    .. sessions
                        .List(context.Member().Id)
                        .Select(session => new SessionView(
                            Ids.Text(session.Id),
                            session.Device,
                            session.CreatedAt,
                            session.SeenAt,
                            session.Id == current
                        )),
                ],
                null
            )
        );
    }

    private static async Task<IResult> MakeCodesAsync(HttpContext context, RecoveryCodes codes) =>
        await codes.MakeAsync(context.Member().Id) is { } made
            ? TypedResults.Ok(new RecoveryCodesView(made))
            : Refusal.WrongState.ToProblem();

    private static async Task<IResult> AnswerAsync(string id, Func<long, Task<bool>> end) =>
        Ids.TryParse(id, out var one) && await end(one) ? TypedResults.NoContent() : Refusal.NotFound.ToProblem();
}
