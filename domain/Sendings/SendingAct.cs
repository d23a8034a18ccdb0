namespace Campaigns.Sendings;

/// <summary>What happens to a sending.</summary>
public enum SendingAct
{
    /// <summary>Staff order it.</summary>
    Begin,

    /// <summary>Its time has come; the audience is frozen.</summary>
    Start,
    Pause,
    Resume,
    Cancel,

    /// <summary>Its last letter has its outcome.</summary>
    Finish,
}
