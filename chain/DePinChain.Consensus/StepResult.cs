namespace DePinChain.Consensus;

/// <summary>What one step gives: effects in their order, and the paper's lines that fired.</summary>
internal sealed class StepResult
{
    public List<Effect> Effects { get; } = [];

    public List<TraceEntry> Trace { get; } = [];

    public void Add(Effect effect) => Effects.Add(effect);

    public void Refuse(Input input, RefusalReason reason) => Effects.Add(new Effect.Refuse(input, reason));
}
