/** The 28 provider types of the CDC provider agreement, also CVRS `admin_type`; CVRS adds UNK. */
export const PROVIDER_TYPES = {
  1: 'Commercial vaccination service provider',
  2: 'Corrections/detention health services',
  3: 'Health center – community',
  4: 'Health center – migrant or refugee',
  5: 'Health center – occupational',
  6: 'Health center – STD/HIV clinic',
  7: 'Health center – student',
  8: 'Home health care provider',
  9: 'Hospital',
  10: 'Indian Health Service',
  11: 'Tribal health',
  12: 'Medical practice – family medicine',
  13: 'Medical practice – pediatrics',
  14: 'Medical practice – internal medicine',
  15: 'Medical practice – OB/GYN',
  16: 'Medical practice – other specialty',
  17: 'Pharmacy – chain',
  18: 'Pharmacy – independent',
  19: 'Public health provider – public health clinic',
  20: 'Public health provider – Federally Qualified Health Center',
  21: 'Public health provider – Rural Health Clinic',
  22: 'Long-term care – nursing home, skilled nursing facility, federally certified',
  23: 'Long-term care – nursing home, skilled nursing facility, non-federally certified',
  24: 'Long-term care – assisted living',
  25: 'Long-term care – intellectual or developmental disability',
  26: 'Long-term care – combination',
  27: 'Urgent care',
  28: 'Other',
} as const;

export type ProviderType = keyof typeof PROVIDER_TYPES;

export const isProviderType = (value: number): value is ProviderType => Object.hasOwn(PROVIDER_TYPES, value);

export const LONG_TERM_CARE_TYPES: readonly ProviderType[] = [22, 23, 24, 25, 26];
export const PHARMACY_TYPES: readonly ProviderType[] = [17, 18];
