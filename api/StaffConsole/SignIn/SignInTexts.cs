namespace Campaigns.Api.StaffConsole.SignIn;

/// <summary>Names the texts of the sign-in.</summary>
public sealed class SignInTexts;
