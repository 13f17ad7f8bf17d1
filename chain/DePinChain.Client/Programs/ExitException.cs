namespace DePinChain.Client.Programs;

/// <summary>A program will not start or go on; the message is one sentence that says what to do.</summary>
/// <param name="code">What the process exits with: 1 usage, 2 refused by the chain, 3 no node, 5 local state.</param>
/// <param name="sentence">What is wrong and what to do.</param>
public sealed class ExitException(int code, string sentence) : Exception(sentence)
{
    public const int Usage = 1;
    public const int RefusedByChain = 2;
    public const int Unreachable = 3;
    public const int LocalState = 5;

    public int Code => code;
}
