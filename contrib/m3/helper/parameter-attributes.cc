// SPDX-License-Identifier: GPL-2.0-only
#include "parameter-attributes.h"

#include "ns3/boolean.h"
#include "ns3/data-rate.h"
#include "ns3/double.h"
#include "ns3/integer.h"
#include "ns3/m3-control-description.h"
#include "ns3/nstime.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <limits>

namespace ns3::m3
{

namespace
{

/// A bound of a range as a whole number that ns-3 takes.
int64_t Whole(double bound)
{
    return bound < 0x1p63 ? static_cast<int64_t>(bound) : std::numeric_limits<int64_t>::max();
}

/// A value as the attribute of a parameter has it.
Ptr<AttributeValue> ToAttribute(const Parameter& parameter, const std::optional<ParameterValue>& value)
{
    const auto whole = [&value] { return value ? std::get<uint64_t>(*value) : 0; };
    switch (parameter.kind)
    {
    case ParameterKind::FLAG:
        return Create<BooleanValue>(std::get<bool>(*value));
    case ParameterKind::COUNT:
        return Create<UintegerValue>(whole());
    case ParameterKind::REAL:
        return Create<DoubleValue>(std::get<double>(*value));
    case ParameterKind::BYTES:
        return Create<IntegerValue>(value ? static_cast<int64_t>(whole()) : -1);
    case ParameterKind::RATE:
        return Create<DataRateValue>(DataRate(whole()));
    case ParameterKind::CLASSES:
        return Create<StringValue>(ClassSetText(static_cast<ClassSet>(whole())));
    case ParameterKind::WEIGHTS:
        return Create<StringValue>(ClassWeightsText(ClassWeights(whole())));
    case ParameterKind::CHOICE:
        return Create<StringValue>(parameter.NameOf(whole()));
    case ParameterKind::TIME:
        break;
    }
    return Create<TimeValue>(NanoSeconds(whole()));
}

/// The value of an attribute, none for one that stands for a default. \pre of the type of ToAttribute()
std::optional<ParameterValue> FromAttribute(const Parameter& parameter, const AttributeValue& value)
{
    const auto whole = [&parameter](int64_t number, int64_t unset)
    {
        return parameter.canBeUnset && number == unset ? std::optional<ParameterValue>()
                                                       : ParameterValue(static_cast<uint64_t>(number));
    };
    switch (parameter.kind)
    {
    case ParameterKind::FLAG:
        return dynamic_cast<const BooleanValue&>(value).Get();
    case ParameterKind::COUNT:
        return dynamic_cast<const UintegerValue&>(value).Get();
    case ParameterKind::REAL:
        return dynamic_cast<const DoubleValue&>(value).Get();
    case ParameterKind::BYTES:
        return whole(dynamic_cast<const IntegerValue&>(value).Get(), -1);
    case ParameterKind::RATE:
        return whole(static_cast<int64_t>(dynamic_cast<const DataRateValue&>(value).Get().GetBitRate()), 0);
    case ParameterKind::CLASSES:
        return uint64_t{ParseClassSet(parameter.attribute, dynamic_cast<const StringValue&>(value).Get())};
    case ParameterKind::WEIGHTS:
        return ParseClassWeights(parameter.attribute, dynamic_cast<const StringValue&>(value).Get()).Packed();
    case ParameterKind::CHOICE:
        return parameter.ChoiceOf(dynamic_cast<const StringValue&>(value).Get());
    case ParameterKind::TIME:
        break;
    }
    return whole(dynamic_cast<const TimeValue&>(value).Get().GetNanoSeconds(), 0);
}

Ptr<const AttributeChecker> CheckerOf(const Parameter& parameter)
{
    const ParameterRange& range = parameter.range;
    switch (parameter.kind)
    {
    case ParameterKind::FLAG:
        return MakeBooleanChecker();
    case ParameterKind::COUNT:
        return MakeUintegerChecker<uint32_t>(
            static_cast<uint32_t>(range.min),
            static_cast<uint32_t>(std::min<int64_t>(Whole(range.max), std::numeric_limits<uint32_t>::max())));
    case ParameterKind::REAL:
        return MakeDoubleChecker<double>(range.min, range.max);
    case ParameterKind::BYTES:
        return MakeIntegerChecker<int64_t>(parameter.canBeUnset ? -1 : Whole(range.min), Whole(range.max));
    case ParameterKind::RATE:
        return MakeDataRateChecker();
    case ParameterKind::CLASSES:
    case ParameterKind::WEIGHTS:
    case ParameterKind::CHOICE:
        return MakeStringChecker();
    case ParameterKind::TIME:
        break;
    }
    return MakeTimeChecker(NanoSeconds(parameter.canBeUnset ? 0 : Whole(range.min)), NanoSeconds(Whole(range.max)));
}

/// Hands the value of an attribute to the configuration of its object, and back.
class ParameterAccessor : public AttributeAccessor
{
  public:
    ParameterAccessor(const Parameter& parameter, RdmaConfig& (*configOf)(ObjectBase&))
        : m_parameter(parameter),
          m_configOf(configOf)
    {
    }

    bool Set(ObjectBase* object, const AttributeValue& value) const override
    {
        m_parameter.set(m_configOf(*object), FromAttribute(m_parameter, value));
        return true;
    }

    bool Get(const ObjectBase* object, AttributeValue& attribute) const override
    {
        const RdmaConfig& config = m_configOf(const_cast<ObjectBase&>(*object)); // ns-3 has objects for both
        const Ptr<const AttributeChecker> checker = CheckerOf(m_parameter);
        return checker->Copy(*ToAttribute(m_parameter, m_parameter.get(config)), attribute);
    }

    bool HasGetter() const override
    {
        return true;
    }

    bool HasSetter() const override
    {
        return true;
    }

  private:
    const Parameter& m_parameter;
    RdmaConfig& (*m_configOf)(ObjectBase&);
};

/// What the documentation of an attribute says.
std::string HelpOf(const Parameter& parameter)
{
    std::string help = parameter.text;
    help.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(help.front())));
    const char* unset = parameter.kind == ParameterKind::BYTES ? "; -1: " : "; 0: ";
    return help + (parameter.canBeUnset ? unset + parameter.DefaultText() : "");
}

} // namespace

void AddParameterAttributes(TypeId type, RdmaConfig& (*configOf)(ObjectBase& object))
{
    for (const Parameter* parameter : AllParameters())
    {
        TypeId::AttributeInformation known;
        if (!type.LookupAttributeByName(parameter->attribute, &known))
        {
            type.AddAttribute(parameter->attribute,
                              HelpOf(*parameter),
                              *ToAttribute(*parameter, parameter->get(RdmaConfig())),
                              Create<ParameterAccessor>(*parameter, configOf),
                              CheckerOf(*parameter));
        }
    }
}

} // namespace ns3::m3
