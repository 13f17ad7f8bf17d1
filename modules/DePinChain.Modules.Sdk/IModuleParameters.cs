using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>A module with governed parameters. The generator implements it where a module has a <see cref="Parameters{T}"/> slot.</summary>
public interface IModuleParameters
{
    /// <summary>Every parameter with its value and range, in declared order.</summary>
    IReadOnlyList<ModuleParameter> ListParameters();

    /// <summary>The record that holds them all, not to be changed: while it is the same, so is every parameter.</summary>
    byte[]? ParameterRecord { get; }

    /// <summary>Refuses a value that <see cref="SetParameter"/> would refuse: at a proposal's submission.</summary>
    /// <exception cref="Revert"><see cref="UnknownParameter"/> or <see cref="ParameterOutOfRange"/>.</exception>
    void CheckParameter(string key, UInt256 value);

    /// <summary>Changes one parameter. Governance alone calls it.</summary>
    /// <exception cref="Revert"><see cref="UnknownParameter"/> or <see cref="ParameterOutOfRange"/>.</exception>
    void SetParameter(string key, UInt256 value);
}
