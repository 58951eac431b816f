// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PARAMETERS_H
#define M3_PARAMETERS_H

#include "ns3/m3-rdma-config.h"

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

namespace ns3::m3
{

/// What a parameter counts, which decides how it is written.
enum class ParameterKind : uint8_t
{
    FLAG,  //!< on or off
    COUNT, //!< a whole number
    REAL,  //!< a number
    BYTES, //!< as in 10KB
    RATE,  //!< bit/s, as in 10Gbps; an option's number alone is in Mb/s
    TIME   //!< ns, as in 5us; an option's number alone is in us
};

/// A value: bool of a FLAG, double of a REAL, uint64_t of all others.
using ParameterValue = std::variant<bool, uint64_t, double>;

/// Values that a parameter may have.
struct ParameterRange
{
    double min = 0;                                  //!< smallest value
    double max = std::numeric_limits<double>::max(); //!< largest value
    bool isMinOutside = false;                       //!< only values above min
    std::string refusal;                             //!< what to say of another value
};

/// What a default that is not a plain value grows with.
enum class ScaledBy : uint8_t
{
    NOTHING,   //!< the default is not by rates
    HOST_RATE, //!< the rate of a port, given at host-rate ports
    NIC_RATE   //!< the rate of the NIC that a flow leaves by
};

/// Which of the shipped models are told of a parameter.
enum class SeenBy : uint8_t
{
    ALL_MODELS,
    PER_FLOW_MODELS, //!< and the published one is not
    NO_MODEL
};

/// A parameter in a config file of the HPCC simulator.
struct HpccParameterKey
{
    std::string name;            //!< "": none
    double unit = 1;             //!< ns of a TIME of 1
    bool isRequired = false;     //!< there is no default that works
    std::optional<double> value; //!< that simulator's default, where it is another than ours
};

/**
 * One value of a configuration, described once: option of the programs, attribute of RdmaNetwork, key of the HPCC
 * simulator's config files and row of docs/guide.md are made of it.
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
     * \param option name without dashes \param attribute name \param label what reports call it \param member of type
     * bool, uint32_t, uint64_t, int64_t, double, or std::optional of one that may be unset \param text what it is, a
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
    std::string text;                      //!< what it is, in --help and the docs
    ParameterKind kind;                    //!< kind of its value
    bool canBeUnset;                       //!< and then takes its default later, by the network
    ParameterRange range;                  //!< values that it may have
    ScaledBy scaledBy = ScaledBy::NOTHING; //!< rate that its default is in proportion to
    uint64_t atScaleRate = 0;              //!< default at 10 Gb/s, if it scales
    std::string unsetText;                 //!< the default of one that can be unset, if it does not scale
    bool setsMarking = false;              //!< a value that is given replaces ecnByRate
    SeenBy seenBy = SeenBy::ALL_MODELS;    //!< models that it is an input of
    HpccParameterKey hpccKey;              //!< its key in config files of the HPCC simulator

    std::function<std::optional<ParameterValue>(const RdmaConfig&)> get; //!< \return none if unset
    /// \pre a value of the type of the kind, none only if canBeUnset
    std::function<void(RdmaConfig&, const std::optional<ParameterValue>&)> set;

    // each sets what its name says and returns the parameter
    Parameter& Within(double min, double max, const std::string& refusal); //!< values that it may have
    Parameter& Above(double min, double max, const std::string& refusal);  //!< the same without `min` itself
    Parameter& ScaledByHostRate(uint64_t at10Gbps);                        //!< default, by the host rate
    Parameter& ScaledByNicRate(uint64_t at10Gbps);                         //!< default, by the rate of the NIC
    Parameter& Unset(const std::string& meaning);                          //!< what it is when unset
    Parameter& Marking();                                                  //!< it sets a marking threshold
    Parameter& Seen(SeenBy by);                                            //!< models that it is an input of
    Parameter& Key(const std::string& name);                               //!< key of config files
    Parameter& RequiredKey(const std::string& name);                       //!< key that a file must have
    Parameter& Microseconds();                                             //!< of the key
    Parameter& HpccDefault(double value);                                  //!< value of the key when absent

    /// The default for a reader, as in "15 KB per 10 Gb/s", "0.95", "on".
    std::string DefaultText() const;

    /// Value of a parameter as a number; unset: 0.
    double Number(const RdmaConfig& config) const;

    /// \throws InputError with range.refusal for a value out of range
    void Check(const RdmaConfig& config) const;

    /// Gives an unset value that scales with a kind of rate its default at a rate, at least `min`.
    void Fill(RdmaConfig& config, ScaledBy by, uint64_t bitsPerSecond, uint64_t min) const;

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

/// All parameters: of transport, switches and every congestion control known now, each once.
std::vector<const Parameter*> AllParameters();

/// value * rate / baseRate, at most what 64 bits hold.
uint64_t ScaledToRate(uint64_t value, uint64_t rate, uint64_t baseRate);

inline constexpr uint64_t SCALE_RATE = 10'000'000'000; //!< bit/s; defaults that scale are given for it

} // namespace ns3::m3

#endif // M3_PARAMETERS_H
