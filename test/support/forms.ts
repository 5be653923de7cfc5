/** Filled-in forms that pass: a test changes only the field it is about. */
export const sectionA = (legalName = 'Elm Street Health, Inc.') => ({
  legalName,
  phone: '860-555-0100',
  email: 'office@elm.example',
  locations: 2,
  chiefMedicalOfficer: { name: 'Ada Okafor', phone: '860-555-0101', email: 'cmo@elm.example', signedOn: '2021-01-04' },
  chiefExecutiveOfficer: { name: 'Ben Ruiz', phone: '860-555-0102', email: 'ceo@elm.example', signedOn: '2021-01-04' },
  agreementVersion: '2020-11-15',
});

export const sectionB = (name = 'Elm Street Clinic') => ({
  name,
  providerType: 3,
  programmes: ['covid-19'],
  address: { street: '1 Elm Street', city: 'Hartford', county: '09003', state: 'CT', zip: '06106' },
  coordinator: { name: 'Cleo Marsh', phone: '860-555-0103', email: 'vaccine@elm.example' },
  backupCoordinator: { name: 'Dan Petit', phone: '860-555-0104', email: 'backup@elm.example' },
  receivingHours: 'Mon-Fri 9-16',
  storageUnits: [{ unitId: 'U1', kind: 'refrigerator', capacityDoses: 5000 }],
  prescribers: [{ name: 'Ada Okafor', title: 'MD', licence: '012345' }],
});
