using Microsoft.AspNetCore.Identity;

namespace Campaigns.Db.SignIn;

/// <summary>A passkey that a browser made just now.</summary>
/// <param name="Host">The host that it was made for.</param>
/// <param name="Name">What the member calls it.</param>
/// <param name="Passkey">Its public key.</param>
public sealed record NewPasskey(string Host, string Name, UserPasskeyInfo Passkey);
