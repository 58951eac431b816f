// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-scenario-traits.h"

#include "core/text-format.h"
#include "fabric/mode-rules.h"
#include "ns3/m3-control-description.h"
#include "ns3/m3-load-balancing-description.h"
#include "ns3/m3-recovery-description.h"

#include <algorithm>
#include <bitset>
#include <cmath>
#include <limits>
#include <set>

namespace ns3::m3
{

namespace
{

constexpr std::size_t CLASSES = PRIORITY_CLASSES;
constexpr double SAME = 1e-6; //!< Relative difference of parameters that are equal.

/// Lists parameters that differ from what the models were trained with.
class ParameterList
{
  public:
    /// Adds a parameter, unless it has the value of training.
    void Add(const char* name, double value, double trained)
    {
        if (std::abs(value - trained) > SAME * std::max(std::abs(value), std::abs(trained)))
        {
            m_text +=
                std::string(m_text.empty() ? "" : ", ") + FormatText("%s %g (trained with %g)", name, value, trained);
        }
    }

    const std::string& Text() const
    {
        return m_text;
    }

  private:
    std::string m_text;
};

/// Parameters with which the models are trained otherwise, of those that models are told of as `seenBy` says. The
/// models do not know a control that they are not trained on, or a checkpoint of its own does. \param defaults
/// resolved, with the same control
std::string ParametersSeenBy(SeenBy seenBy, const RdmaConfig& config, const RdmaConfig& defaults)
{
    const ControlDescription& control = ControlOf(config.congestionControl);
    ParameterList list;
    RdmaConfig trained = defaults;
    if (seenBy == SeenBy::NO_MODEL && control.trainedTogether)
    {
        control.trainedTogether(config, trained);
    }
    std::vector<const ParameterTable*> tables = {&TransportParameters(), &SwitchParameters()};
    if (control.isTrained)
    {
        tables.insert(tables.end(), control.parameters.begin(), control.parameters.end());
    }
    for (const ParameterTable* table : tables)
    {
        for (const Parameter& parameter : *table)
        {
            if (parameter.seenBy == seenBy)
            {
                const std::string unit = parameter.kind == ParameterKind::TIME ? " in ns" : "";
                list.Add((parameter.label + unit).c_str(), parameter.Number(config), parameter.Number(trained));
            }
        }
    }
    return list.Text();
}

/// Whether thresholds are those of one port times the rate over that port's, as the models take them to be.
bool AreThresholdsInProportion(const FabricGraph& fabric, const RdmaConfig& config)
{
    constexpr double CLOSE = 0.02;
    if (config.ecnByRate.empty() || !ControlOf(config.congestionControl).marking)
    {
        return true;
    }
    std::set<uint64_t> rates;
    for (LinkId link = 0; link < fabric.LinkCount(); link++)
    {
        rates.insert(fabric.Link(link).bitsPerSecond);
    }
    const auto differ = [](double a, double b) { return std::abs(a - b) > CLOSE * std::max(a, b); };
    const EcnProfile* first = nullptr;
    uint64_t firstRate = 0;
    for (const uint64_t rate : rates)
    {
        const auto found = config.ecnByRate.find(rate);
        if (found == config.ecnByRate.end())
        {
            return rates.size() == 1; // ports that do not mark beside others that do
        }
        if (!first)
        {
            first = &found->second;
            firstRate = rate;
        }
        const double scale = static_cast<double>(rate) / static_cast<double>(firstRate);
        const EcnProfile& profile = found->second;
        if (differ(static_cast<double>(profile.kminBytes), scale * static_cast<double>(first->kminBytes)) ||
            differ(static_cast<double>(profile.kmaxBytes), scale * static_cast<double>(first->kmaxBytes)) ||
            differ(profile.pmax, first->pmax))
        {
            return false;
        }
    }
    return true;
}

/// Of links that are up. \return "" if none loses packets
std::string LinkErrorText(const FabricGraph& fabric)
{
    double largest = 0;
    LinkId losing = 0;
    for (LinkId id = 0; id < fabric.LinkCount(); id++)
    {
        const FabricLink& link = fabric.Link(id);
        losing += link.up && link.errorRate > 0;
        largest = link.up ? std::max(largest, link.errorRate) : largest;
    }
    return losing == 0 ? ""
                       : FormatText("links that lose packets (%u of %u directed links, error rate up to %g)",
                                    losing,
                                    fabric.LinkCount(),
                                    largest);
}

/// Classes beside each other, or one that is treated otherwise than by the settings of ports.
std::string PriorityText(const RdmaConfig& config, const FlowList& flows)
{
    std::bitset<CLASSES> used;
    for (const Flow& flow : flows)
    {
        used.set(flow.priorityGroup % CLASSES);
    }
    bool isOther = used.count() > 1 || (RulesOf(config.mode).ownClassOfAcks && !used.test(DEFAULT_CLASS));
    for (uint32_t one = 0; one < CLASSES; one++)
    {
        isOther = isOther || (used.test(one) &&
                              (config.ecnByClass.count(one) > 0 || (config.pfc && HasClass(config.lossyClasses, one))));
    }
    if (!isOther)
    {
        return "";
    }
    std::string list;
    for (std::size_t one = 0; one < CLASSES; one++)
    {
        if (used.test(one))
        {
            list += (list.empty() ? "" : ", ") + std::to_string(one);
        }
    }
    return "classes of flows (" + list + ")";
}

/// Whether no host has a window of its bandwidth-delay product.
bool AreWindowsSmall(const FabricGraph& fabric, const RdmaConfig& resolved)
{
    if (!resolved.windowBytes || *resolved.windowBytes == 0 || !resolved.baseRttNs)
    {
        return false;
    }
    uint64_t slowest = std::numeric_limits<uint64_t>::max();
    for (const NodeId host : fabric.Hosts())
    {
        for (const LinkId link : fabric.EgressLinks(host))
        {
            slowest = std::min(slowest, fabric.Link(link).bitsPerSecond);
        }
    }
    const double bdp = static_cast<double>(slowest) * static_cast<double>(*resolved.baseRttNs) / 8e9;
    return static_cast<double>(*resolved.windowBytes) < (1 - SAME) * bdp - 1;
}

/// Of a recovery that shows, where packets can be lost or overtake each other. \param linksLose links have error rates
std::string RecoveryText(const RdmaConfig& config, bool linksLose)
{
    const RecoveryDescription& recovery = RecoveryOf(config.recovery);
    const bool shows = !config.pfc || config.lossyClasses != 0 || linksLose || !config.failures.empty() ||
                       !LoadBalancingOf(config.loadBalancing).keepsOrder;
    return recovery.make && shows ? "recovery by " + recovery.name : "";
}

} // namespace

std::vector<ScenarioTrait>
TraitsOf(const FabricGraph& fabric, const RouteTable& routes, const RdmaConfig& config, const FlowList& flows)
{
    std::vector<ScenarioTrait> traits;
    const auto add = [&traits](Trait trait, const std::string& text)
    {
        if (!text.empty())
        {
            traits.push_back({trait, text});
        }
    };
    const RdmaConfig resolved = config.Resolve(fabric, routes);
    RdmaConfig defaults;
    defaults.mode = config.mode;
    defaults.congestionControl = config.congestionControl;
    defaults = defaults.Resolve(fabric, routes);
    defaults = defaults.AtNic(*defaults.hostRateBps);
    const RdmaConfig atHostRate = resolved.AtNic(*resolved.hostRateBps);
    for (const FabricRemark& remark : fabric.Remarks())
    {
        add(Trait::LEFT_OUT, remark.changesResults ? remark.text : "");
    }
    add(Trait::LINK_CHANGES,
        config.failures.empty() ? ""
                                : std::to_string(config.failures.size()) + " times a link or node fails or comes up");
    add(Trait::PRIORITIES, PriorityText(config, flows));
    const std::string errors = LinkErrorText(fabric);
    const bool comeToLose = std::any_of(config.failures.begin(),
                                        config.failures.end(),
                                        [](const Failure& failure) { return failure.errorRate > 0; });
    add(Trait::LINK_ERRORS, errors.empty() && comeToLose ? "links that lose packets from a time on" : errors);
    add(Trait::RATE_CAP,
        config.maxRateBps ? "a largest sending rate of " + std::to_string(*config.maxRateBps) + " bit/s" : "");
    add(Trait::SMALL_WINDOW,
        AreWindowsSmall(fabric, resolved)
            ? "windows of " + std::to_string(*resolved.windowBytes) + " B, below the bandwidth-delay product"
            : "");
    add(Trait::ACK_PRIORITY, config.ackHighPriority ? "ACKs at hosts that pass a pause" : "");
    add(Trait::PAIR_WINDOWS, config.perPairWindow ? "a base RTT and window for each pair of hosts" : "");
    add(Trait::PACED_AT_CAP, config.rateBound ? "" : "packets that are not paced at the current rate");
    add(Trait::PORT_THRESHOLDS,
        AreThresholdsInProportion(fabric, config)
            ? ""
            : "marking thresholds that are not in proportion to the rates of ports");
    add(Trait::ASYMMETRIC_LINKS, fabric.HasAsymmetricLinks() ? "links with a rate for each direction" : "");
    const LoadBalancingDescription& balancing = LoadBalancingOf(config.loadBalancing);
    add(Trait::LOAD_BALANCING, balancing.make ? "load balancing by " + balancing.name : "");
    add(Trait::RECOVERY, RecoveryText(config, !errors.empty()));
    add(Trait::CONTROL_PARAMETERS, ParametersSeenBy(SeenBy::NO_MODEL, atHostRate, defaults));
    add(Trait::CONTROL_INPUTS, ParametersSeenBy(SeenBy::PER_FLOW_MODELS, atHostRate, defaults));
    return traits;
}

} // namespace ns3::m3
