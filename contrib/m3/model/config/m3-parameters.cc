// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-parameters.h"

#include "core/text-format.h"
#include "ns3/m3-input-error.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace ns3::m3
{

namespace
{

constexpr double MAX_NODE_DELAY_NS = 1e9;

/// A name of a unit and how many of the smallest one it has.
struct Unit
{
    const char* name;
    double size;
};

/// A number in the largest of some units, in ascending order, that is not larger than it.
std::string NumberInUnits(double number, const std::array<Unit, 4>& units)
{
    const Unit* best = &units.front();
    for (const Unit& unit : units)
    {
        best = number >= unit.size ? &unit : best;
    }
    return FormatText("%.12g %s", number / best->size, best->name);
}

std::string ValueText(ParameterKind kind, double number)
{
    switch (kind)
    {
    case ParameterKind::FLAG:
        return number != 0 ? "on" : "off";
    case ParameterKind::BYTES:
        return NumberInUnits(number, {{{"B", 1}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}}});
    case ParameterKind::RATE:
        return NumberInUnits(number, {{{"bit/s", 1}, {"Kb/s", 1e3}, {"Mb/s", 1e6}, {"Gb/s", 1e9}}});
    case ParameterKind::TIME:
        return NumberInUnits(number, {{{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}}});
    case ParameterKind::CLASSES:
        return ClassSetText(static_cast<ClassSet>(number));
    case ParameterKind::WEIGHTS:
        return ClassWeightsText(ClassWeights(static_cast<uint64_t>(number)));
    default:
        return FormatText("%.12g", number);
    }
}

} // namespace

Parameter& Parameter::Within(double min, double max, const std::string& refusal)
{
    range = {min, max, false, refusal};
    return *this;
}

Parameter& Parameter::Above(double min, double max, const std::string& refusal)
{
    range = {min, max, true, refusal};
    return *this;
}

Parameter& Parameter::ScaledByHostRate(uint64_t at10Gbps)
{
    scaledBy = ScaledBy::HOST_RATE;
    atScaleRate = at10Gbps;
    return *this;
}

Parameter& Parameter::ScaledByNicRate(uint64_t at10Gbps)
{
    scaledBy = ScaledBy::NIC_RATE;
    atScaleRate = at10Gbps;
    return *this;
}

Parameter& Parameter::Unset(const std::string& meaning)
{
    unsetText = meaning;
    return *this;
}

Parameter& Parameter::Marking()
{
    setsMarking = true;
    return *this;
}

Parameter& Parameter::Choices(std::function<std::vector<ParameterChoice>()> all)
{
    choices = std::move(all);
    return *this;
}

Parameter& Parameter::Seen(SeenBy by)
{
    seenBy = by;
    return *this;
}

Parameter& Parameter::Key(const std::string& name)
{
    hpccKey.name = name;
    return *this;
}

Parameter& Parameter::RequiredKey(const std::string& name)
{
    hpccKey.isRequired = true;
    return Key(name);
}

Parameter& Parameter::Microseconds()
{
    hpccKey.unit = 1000;
    return *this;
}

Parameter& Parameter::HpccDefault(double value)
{
    hpccKey.value = value;
    return *this;
}

std::string Parameter::DefaultText() const
{
    if (scaledBy != ScaledBy::NOTHING)
    {
        return ValueText(kind, static_cast<double>(atScaleRate)) + " per " +
               ValueText(ParameterKind::RATE, static_cast<double>(SCALE_RATE));
    }
    if (kind == ParameterKind::CHOICE)
    {
        return NameOf(static_cast<uint64_t>(Number(RdmaConfig())));
    }
    return canBeUnset ? unsetText : ValueText(kind, Number(RdmaConfig()));
}

double Parameter::Number(const RdmaConfig& config) const
{
    const std::optional<ParameterValue> value = get(config);
    return value ? std::visit([](auto number) { return static_cast<double>(number); }, *value) : 0;
}

void Parameter::Check(const RdmaConfig& config) const
{
    if (range.refusal.empty() || !get(config))
    {
        return;
    }
    const double number = Number(config);
    if (!(number >= range.min && number <= range.max) || (range.isMinOutside && number == range.min))
    {
        throw InputError(range.refusal);
    }
}

void Parameter::Fill(RdmaConfig& config, ScaledBy by, uint64_t bitsPerSecond, uint64_t min) const
{
    if (scaledBy == by && !get(config))
    {
        set(config, ParameterValue(std::max(min, ScaledToRate(atScaleRate, bitsPerSecond, SCALE_RATE))));
    }
}

std::string Parameter::NameOf(uint64_t value) const
{
    for (const ParameterChoice& choice : choices())
    {
        if (choice.value == value)
        {
            return choice.name;
        }
    }
    return std::to_string(value);
}

uint64_t Parameter::ChoiceOf(std::string_view name) const
{
    std::string names;
    for (const ParameterChoice& choice : choices())
    {
        if (choice.name == name)
        {
            return choice.value;
        }
        names += (names.empty() ? "" : ", ") + choice.name;
    }
    throw InputError("unknown " + label + " '" + std::string(name) + "'; there are " + names);
}

ParameterValue Parameter::ValueOf(double number) const
{
    switch (kind)
    {
    case ParameterKind::FLAG:
        return number != 0;
    case ParameterKind::REAL:
        return number;
    default:
        return static_cast<uint64_t>(number);
    }
}

uint64_t ScaledToRate(uint64_t value, uint64_t rate, uint64_t baseRate)
{
    const long double scaled = static_cast<long double>(value) * rate / baseRate;
    return scaled < 0x1p64L ? static_cast<uint64_t>(scaled) : std::numeric_limits<uint64_t>::max();
}

const ParameterTable& TransportParameters()
{
    constexpr const char* BASE_RTT = "the base RTT must be from 1 ns to 10^15 ns";
    using Kind = ParameterKind;
    using C = TransportConfig;
    static const ParameterTable table = {
        Parameter("payload", "Payload", "payload", Kind::BYTES, &C::payloadBytes, "payload bytes of a full packet")
            .Within(64, 9216, "the payload of a packet must be from 64 to 9216 bytes")
            .Seen(SeenBy::NO_MODEL)
            .Key("PACKET_PAYLOAD_SIZE"),
        Parameter("ack-interval",
                  "AckInterval",
                  "ACK interval",
                  Kind::BYTES,
                  &C::ackIntervalBytes,
                  "bytes after which a receiver sends an ACK; up to the payload: for every packet")
            .Within(1, 1e9, "the ACK interval must be from 1 byte to 10^9 bytes")
            .Seen(SeenBy::NO_MODEL)
            .Key("L2_ACK_INTERVAL"),
        Parameter("host-delay",
                  "HostDelay",
                  "host delay",
                  Kind::TIME,
                  &C::hostDelayNs,
                  "processing delay of each packet that arrives at a host; standard mode only")
            .Within(0, MAX_NODE_DELAY_NS, "processing delays must be from 0 to 1 s")
            .Seen(SeenBy::NO_MODEL),
        Parameter("window",
                  "Window",
                  "window",
                  Kind::BYTES,
                  &C::windowBytes,
                  "bytes in flight at full rate; 0: no limit")
            .Unset("bandwidth-delay product of the base RTT at the NIC's rate")
            .Key("FIXED_WIN"),
        Parameter("variable-window",
                  "VariableWindow",
                  "variable window",
                  Kind::FLAG,
                  &C::variableWindow,
                  "the window follows the sending rate")
            .Seen(SeenBy::PER_FLOW_MODELS)
            .Key("VAR_WIN")
            .HpccDefault(0),
        Parameter("base-rtt",
                  "BaseRtt",
                  "base RTT",
                  Kind::TIME,
                  &C::baseRttNs,
                  "RTT without queues that windows and controls assume")
            .Within(1, static_cast<double>(MAX_BASE_RTT_NS), BASE_RTT)
            .Unset("the largest of the network")
            .Key("BASE_RTT"),
        Parameter("per-pair-window",
                  "PerPairWindow",
                  "window per pair",
                  Kind::FLAG,
                  &C::perPairWindow,
                  "base RTT and default window are those of the flow's own pair of hosts"),
        Parameter("min-rate", "MinRate", "minimum rate", Kind::RATE, &C::minRateBps, "lowest sending rate")
            .ScaledByNicRate(SCALE_RATE / 100)
            .Seen(SeenBy::PER_FLOW_MODELS)
            .Key("MIN_RATE")
            .HpccDefault(100e6),
        Parameter("max-rate", "MaxRate", "maximum rate", Kind::RATE, &C::maxRateBps, "highest sending rate of a flow")
            .Unset("the rate of its NIC")
            .Key("MAX_RATE"),
        Parameter("rate-bound",
                  "RateBound",
                  "rate bound",
                  Kind::FLAG,
                  &C::rateBound,
                  "packets are paced at the current rate, not at the highest")
            .Key("RATE_BOUND"),
        Parameter(
            "parallel-post",
            "ParallelPost",
            "posting in parallel runs",
            Kind::TIME,
            &C::parallelPostNs,
            "time from the posting of a flow to its start in a parallel run whose order of events hpcc mode takes")
            .Within(0, static_cast<double>(MAX_BASE_RTT_NS), "flows must be posted from 0 ns to 10^15 ns early")
            .Unset("the order of a sequential run")
            .Seen(SeenBy::NO_MODEL),
        Parameter("ack-high-priority",
                  "AckHighPriority",
                  "ACK priority",
                  Kind::FLAG,
                  &C::ackHighPriority,
                  "ACKs at hosts are not held by a pause of the data class")
            .Key("ACK_HIGH_PRIO"),
        Parameter("recovery",
                  "Recovery",
                  "recovery",
                  Kind::CHOICE,
                  &C::recovery,
                  "what is sent again after a loss: go-back-n or selective-repeat; standard mode only")
            .Choices(RecoveryChoices)
            .Seen(SeenBy::OWN_TRAIT),
    };
    return table;
}

const ParameterTable& SwitchParameters()
{
    using Kind = ParameterKind;
    static const ParameterTable table = {
        Parameter("pfc",
                  "Pfc",
                  "PFC",
                  Kind::FLAG,
                  &SwitchConfig::pfc,
                  "priority flow control; without it, switches drop packets")
            .Key("ENABLE_PFC"),
        Parameter("server-switch-ecn",
                  "ServerSwitchEcn",
                  "ECN inside servers",
                  Kind::FLAG,
                  &SwitchConfig::serverSwitchEcn,
                  "switches inside servers (the NVSwitches of a SimAI topology) mark packets, too")
            .Seen(SeenBy::NO_MODEL),
        Parameter("strict-classes",
                  "StrictClasses",
                  "strict classes",
                  Kind::CLASSES,
                  &SwitchConfig::strictClasses,
                  "classes of flows that go before all others, the lower one first; standard mode only")
            .Seen(SeenBy::TRAIT_OF_CLASSES),
        Parameter("class-weights",
                  "ClassWeights",
                  "class weights",
                  Kind::WEIGHTS,
                  &SwitchConfig::packedClassWeights,
                  "shares of the other classes, CLASS:WEIGHT, 1 unless given; standard mode only")
            .Seen(SeenBy::TRAIT_OF_CLASSES),
        Parameter("lossy-classes",
                  "LossyClasses",
                  "lossy classes",
                  Kind::CLASSES,
                  &SwitchConfig::lossyClasses,
                  "classes without PFC where others have it; standard mode only")
            .Seen(SeenBy::TRAIT_OF_CLASSES),
        Parameter("switch-delay",
                  "SwitchDelay",
                  "switch delay",
                  Kind::TIME,
                  &SwitchConfig::switchDelayNs,
                  "processing delay of each packet that arrives at a switch; standard mode only")
            .Within(0, MAX_NODE_DELAY_NS, "processing delays must be from 0 to 1 s")
            .Seen(SeenBy::NO_MODEL),
        Parameter("cut-through",
                  "CutThrough",
                  "cut-through",
                  Kind::BYTES,
                  &SwitchConfig::cutThroughBytes,
                  "bytes of a packet after which a switch may send it on by a link that is not faster; 0: store and "
                  "forward; standard mode only")
            .Within(0, 9216, "switches must cut through after 0 to 9216 bytes")
            .Seen(SeenBy::NO_MODEL),
        Parameter("load-balancing",
                  "LoadBalancing",
                  "load balancing",
                  Kind::CHOICE,
                  &SwitchConfig::loadBalancing,
                  "how packets are spread over the shortest paths: ecmp, spray, flowlet, drill or entropy; standard "
                  "mode only")
            .Choices(LoadBalancingChoices)
            .Seen(SeenBy::OWN_TRAIT),
        Parameter("buffer",
                  "Buffer",
                  "switch buffer",
                  Kind::BYTES,
                  &SwitchConfig::bufferBytes,
                  "memory of every switch")
            .Unset("reserve and headroom of its ports, and 20 KB per 10 Gb/s of port capacity"),
    };
    return table;
}

} // namespace ns3::m3
