using Campaigns.Db.SignIn;
using Campaigns.Db.Staff;

namespace Campaigns.Api.Http.Access;

/// <summary>
/// Who makes a request of staff: a member by a token, or by a session of the console.
/// </summary>
/// <param name="Member">The member.</param>
/// <param name="ReadOnly">True for a token that may only read.</param>
/// <param name="Session">The session; null for a token.</param>
internal sealed record SignedIn(StaffMember Member, bool ReadOnly, StaffSession? Session)
{
    private static readonly object _key = new();

    public static SignedIn By(TokenHolder holder) => new(holder.Member, holder.ReadOnly, null);

    public static SignedIn By(StaffSession session) => new(session.Member, ReadOnly: false, session);

    public static SignedIn? Of(HttpContext context) => (SignedIn?)context.Items[_key];

    public void Set(HttpContext context) => context.Items[_key] = this;
}
