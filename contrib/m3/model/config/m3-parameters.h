// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PARAMETERS_H
#define M3_PARAMETERS_H

#include "ns3/m3-rdma-config.h"

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace ns3::m3
{

/// Kind of a parameter's value, which decides how it is read and written.
enum class ParameterKind : uint8_t
{
    FLAG,    //!< on or off
    COUNT,   //!< a whole number
    REAL,    //!< a number
    BYTES,   //!< as in 10KB
    RATE,    //!< bit/s, as in 10Gbps; an option's number alone is in Mb/s
    TIME,    //!< ns, as in 5us; an option's number alone is in us
    CLASSES, //!< a ClassSet, as in 0,1
    WEIGHTS, //!< ClassWeights, as in 1:4,2:2
    CHOICE   //!< one of some names
};

/// A value of a CHOICE.
struct ParameterChoice
{
    uint64_t value;   //!< number
    std::string name; //!< name
};

/// A value: bool for FLAG, double for REAL, uint64_t for all others.
using ParameterValue = std::variant<bool, uint64_t, double>;

/// Range of a parameter's values.
struct ParameterRange
{
    double min = 0;                                  //!< smallest value
    double max = std::numeric_limits<double>::max(); //!< largest value
    bool isMinOutside = false;                       //!< whether min itself is outside of the range
    std::string refusal;                             //!< message about a value outside of the range
};

/// Rate that a default is proportional to.
enum class ScaledBy : uint8_t
{
    NOTHING,   //!< the default does not depend on rates
    HOST_RATE, //!< rate of a port; the value is given for host-rate ports
    NIC_RATE   //!< rate of the NIC that a flow leaves by
};

/// Shipped models that have a parameter among their inputs.
enum class SeenBy : uint8_t
{
    ALL_MODELS,
    PER_FLOW_MODELS, //!< the per-flow models, but not the published one
    NO_MODEL,
    TRAIT_OF_CLASSES, //!< none; it changes nothing unless flows are of several classes, which Trait::PRIORITIES says
    OWN_TRAIT         //!< none; a trait of its own says so
};

/// Key of a parameter in config files of the HPCC simulator.
struct HpccParameterKey
{
    std::string name;            //!< name of the key; "": there is none
    double unit = 1;             //!< for a TIME, ns per unit of the key
    bool isRequired = false;     //!< whether a control that has the parameter needs the key
    std::optional<double> value; //!< default of that simulator, where it differs from ours
};

/**
 * Description of one value of a configuration. The option of the programs, the attribute of RdmaNetwork, the key of the
 * HPCC simulator's config files and the row of docs/reference.md are all made from it.
 *
 * \code
 *   Parameter("k", "DctcpK", "DCTCP threshold", ParameterKind::BYTES, &DctcpConfig::kBytes, "Queue that marks")
 *       .ScaledByHostRate(15'000)
 * \endcode
 *
 * \ingroup m3-config
 */
class Parameter
{
  public:
    /**
     * \param option name without dashes \param attribute name \param label name in reports \param member of type
     * bool, uint32_t, uint64_t, int64_t, double, or std::optional of one that may be unset \param text description, a
     * phrase without a full stop
     */
    template <typename Config, typename Member>
    Parameter(std::string option,
              std::string attribute,
              std::string label,
              ParameterKind kind,
              Member Config::*member,
              std::string text)
        : option(std::move(option)),
          attribute(std::move(attribute)),
          label(std::move(label)),
          text(std::move(text)),
          kind(kind),
          canBeUnset(IsOptional<Member>::value)
    {
        get = [member](const RdmaConfig& config) { return Read(config.Of<Config>().*member); };
        set = [member](RdmaConfig& config, const std::optional<ParameterValue>& value)
        { Write(value, config.Of<Config>().*member); };
    }

    std::string option;                    //!< name of the option of programs
    std::string attribute;                 //!< name of the Attribute
    std::string label;                     //!< name in tables
    std::string text;                      //!< description in --help and the docs
    ParameterKind kind;                    //!< kind of its value
    bool canBeUnset;                       //!< whether it can be unset; its default then depends on the network
    ParameterRange range;                  //!< range of its values
    ScaledBy scaledBy = ScaledBy::NOTHING; //!< rate that its default is proportional to
    uint64_t atScaleRate = 0;              //!< default at 10 Gb/s, if it scales
    std::string unsetText;                 //!< description of the default if it can be unset and does not scale
    bool setsMarking = false;              //!< whether a given value replaces ecnByRate
    SeenBy seenBy = SeenBy::ALL_MODELS;    //!< models that it is an input of
    std::function<std::vector<ParameterChoice>()> choices; //!< of a CHOICE: all of them
    HpccParameterKey hpccKey;                              //!< its key in config files of the HPCC simulator

    std::function<std::optional<ParameterValue>(const RdmaConfig&)> get; //!< \return none if unset
    /// \pre a value of the type of the kind, none only if canBeUnset
    std::function<void(RdmaConfig&, const std::optional<ParameterValue>&)> set;

    // each sets what its name says and returns the parameter
    Parameter& Within(double min, double max, const std::string& refusal); //!< sets the range
    Parameter& Above(double min, double max, const std::string& refusal);  //!< sets the range, without `min` itself
    Parameter& ScaledByHostRate(uint64_t at10Gbps); //!< sets a default proportional to the host rate
    Parameter& ScaledByNicRate(uint64_t at10Gbps);  //!< sets a default proportional to the NIC's rate
    Parameter& Unset(const std::string& meaning);   //!< describes the default of an unset value
    Parameter& Marking();                           //!< says that it sets a marking threshold
    Parameter& Choices(std::function<std::vector<ParameterChoice>()> all); //!< sets the choices
    Parameter& Seen(SeenBy by);                                            //!< sets the models that it is an input of
    Parameter& Key(const std::string& name);                               //!< sets the key of config files
    Parameter& RequiredKey(const std::string& name);                       //!< sets a key that a file must have
    Parameter& Microseconds();                                             //!< says that the key is in us
    Parameter& HpccDefault(double value);                                  //!< sets the value of an absent key

    /// Returns a description of the default, as in "15 KB per 10 Gb/s", "0.95", "on".
    std::string DefaultText() const;

    /// Value of a parameter as a number; unset: 0.
    double Number(const RdmaConfig& config) const;

    /// \throws InputError with range.refusal for a value out of range
    void Check(const RdmaConfig& config) const;

    /// Sets an unset value that scales with a kind of rate to its default at a rate, at least `min`.
    void Fill(RdmaConfig& config, ScaledBy by, uint64_t bitsPerSecond, uint64_t min) const;

    /// Returns the name of a value. \pre the kind is CHOICE
    std::string NameOf(uint64_t value) const;

    /// Returns the value of a name. \pre the kind is CHOICE \throws InputError that lists the names
    uint64_t ChoiceOf(std::string_view name) const;

    /// A number in the type of this parameter's value.
    ParameterValue ValueOf(double number) const;

  private:
    template <typename Member>
    struct IsOptional : std::false_type
    {
    };

    template <typename Member>
    struct IsOptional<std::optional<Member>> : std::true_type
    {
    };

    template <typename Member>
    static std::optional<ParameterValue> Read(const Member& member)
    {
        if constexpr (IsOptional<Member>::value)
        {
            return member ? Read(*member) : std::nullopt;
        }
        else if constexpr (std::is_same_v<Member, bool> || std::is_same_v<Member, double>)
        {
            return ParameterValue(member);
        }
        else
        {
            return ParameterValue(static_cast<uint64_t>(member));
        }
    }

    template <typename Member>
    static void Write(const std::optional<ParameterValue>& value, Member& member)
    {
        if constexpr (IsOptional<Member>::value)
        {
            if (!value)
            {
                member.reset();
                return;
            }
            Write(value, member.emplace());
        }
        else if constexpr (std::is_same_v<Member, bool> || std::is_same_v<Member, double>)
        {
            member = std::get<Member>(*value);
        }
        else
        {
            member = static_cast<Member>(std::get<uint64_t>(*value));
        }
    }
};

/// The parameters of a config.
using ParameterTable = std::vector<Parameter>;

const ParameterTable& TransportParameters(); //!< of TransportConfig
const ParameterTable& SwitchParameters();    //!< of SwitchConfig

std::vector<ParameterChoice> LoadBalancingChoices(); //!< those of SwitchConfig::loadBalancing
std::vector<ParameterChoice> RecoveryChoices();      //!< those of TransportConfig::recovery

/// Returns all parameters once: those of transport, switches, and every congestion control, load balancing and
/// recovery.
std::vector<const Parameter*> AllParameters();

/// \param owner of the tables in the message \throws InputError if a new table has a name that another parameter has
void CheckParameterNames(const std::string& owner, const std::vector<const ParameterTable*>& tables);

/// Returns value * rate / baseRate, at most UINT64_MAX.
uint64_t ScaledToRate(uint64_t value, uint64_t rate, uint64_t baseRate);

inline constexpr uint64_t SCALE_RATE = 10'000'000'000; //!< bit/s; defaults that scale are given for it

} // namespace ns3::m3

#endif // M3_PARAMETERS_H
