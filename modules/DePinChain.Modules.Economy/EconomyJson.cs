using System.Text.Json.Serialization;
using DePinChain.Modules.Sdk;

namespace DePinChain.Modules.Economy;

/// <summary>How the genesis sections of this family are read: camel case, unknown keys refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    Converters = [typeof(AddressJson), typeof(AmountJson), typeof(UInt256Json)])]
[JsonSerializable(typeof(EmissionGenesis))]
[JsonSerializable(typeof(OracleGenesis))]
[JsonSerializable(typeof(TokensGenesis))]
[JsonSerializable(typeof(TreasuryGenesis))]
internal sealed partial class EconomyJson : JsonSerializerContext;
