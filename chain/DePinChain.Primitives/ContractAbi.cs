namespace DePinChain.Primitives;

/// <summary>The functions, events and errors of a JSON ABI, each in the file's order.</summary>
public sealed record ContractAbi(IReadOnlyList<AbiFunction> Functions, IReadOnlyList<AbiEvent> Events, IReadOnlyList<AbiError> Errors)
{
    public AbiFunction? FindFunction(uint selector) => Functions.FirstOrDefault(function => function.Selector == selector);

    /// <summary>The first function of that name, or of that whole signature.</summary>
    public AbiFunction? FindFunction(string nameOrSignature)
    {
        bool isSignature = nameOrSignature.Contains('(', StringComparison.Ordinal);
        return Functions.FirstOrDefault(function => nameOrSignature == (isSignature ? function.Signature : function.Name));
    }

    public AbiEvent? FindEvent(Hash256 topic) => Events.FirstOrDefault(candidate => !candidate.Anonymous && candidate.Topic == topic);

    public AbiError? FindError(uint selector) => Errors.FirstOrDefault(error => error.Selector == selector);
}
