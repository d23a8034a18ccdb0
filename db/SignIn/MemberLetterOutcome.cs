using Campaigns.Letters;

namespace Campaigns.Db.SignIn;

/// <summary>The outcome of a claimed letter to a member.</summary>
public sealed record MemberLetterOutcome(DueMemberLetter Letter, LetterResult Result);
