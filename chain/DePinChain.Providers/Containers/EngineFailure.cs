namespace DePinChain.Providers.Containers;

/// <summary>The container engine does not answer, or refused.</summary>
/// <param name="status">HTTP's status; 0 when there was no answer.</param>
/// <param name="sentence">The engine's words.</param>
internal sealed class EngineFailure(int status, string sentence) : Exception(sentence)
{
    public int Status => status;

    /// <summary>The engine is well, and will not do this whatever it is asked again.</summary>
    public bool IsRefusal => status is >= 400 and < 500;
}
